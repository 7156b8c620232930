import { cdk8s, github } from 'projen';

const CHECKOUT = { uses: 'actions/checkout@v5' };
const NODE_20 = { uses: 'actions/setup-node@v5', with: { 'node-version': '20' } };
const DIST = { name: 'tarball', path: 'dist' };

/**
 * The workflows of GitHub: everything that must hold, for each change; and the release of what a tag names.
 *
 * Both run `.ci/run`, which tests other versions of Node too. It says that it skips the cluster tests where no control plane is beside the project.
 */
export function addWorkflows(project: cdk8s.ConstructLibraryCdk8s): void {
  const build = new github.GithubWorkflow(project.github!, 'build', { limitConcurrency: true, concurrencyOptions: { cancelInProgress: true } });
  build.on({ pullRequest: {}, push: { branches: ['main'] }, workflowDispatch: {} });
  build.addJob('build', {
    runsOn: ['ubuntu-latest'],
    timeoutMinutes: 60,
    permissions: { contents: github.workflows.JobPermission.READ },
    steps: [CHECKOUT, NODE_20, { name: 'Everything that must hold', run: '.ci/run' }],
  });

  const release = new github.GithubWorkflow(project.github!, 'release', { limitConcurrency: true });
  release.on({ push: { tags: ['v*'] } });
  release.addJob('build', {
    runsOn: ['ubuntu-latest'],
    timeoutMinutes: 60,
    permissions: { contents: github.workflows.JobPermission.READ },
    steps: [
      CHECKOUT,
      NODE_20,
      { name: 'Everything that must hold', run: '.ci/run' },
      { name: 'The tag is the newest entry of the changelog', run: 'mkdir dist && npx tsx projenrc/changelog.ts "$GITHUB_REF_NAME" > dist/notes.md' },
      { name: 'Pack', run: 'npm pack --ignore-scripts --pack-destination dist' },
      { uses: 'actions/upload-artifact@v4', with: DIST },
    ],
  });
  release.addJob('npm', {
    needs: ['build'],
    runsOn: ['ubuntu-latest'],
    // trusted publishing: npm takes the workflow's own identity, and no token is kept anywhere
    environment: 'npm',
    permissions: { idToken: github.workflows.JobPermission.WRITE, contents: github.workflows.JobPermission.READ },
    steps: [
      // whose npm knows trusted publishing
      { uses: 'actions/setup-node@v5', with: { 'node-version': '24' } },
      { uses: 'actions/download-artifact@v5', with: DIST },
      { name: 'Publish, with provenance', run: 'npm publish dist/*.tgz --provenance --access public' },
    ],
  });
  release.addJob('notes', {
    needs: ['npm'],
    runsOn: ['ubuntu-latest'],
    permissions: { contents: github.workflows.JobPermission.WRITE },
    steps: [
      { uses: 'actions/download-artifact@v5', with: DIST },
      {
        name: 'The release of GitHub',
        run: 'gh release create "$GITHUB_REF_NAME" --repo "$GITHUB_REPOSITORY" --title "$GITHUB_REF_NAME" --notes-file dist/notes.md dist/*.tgz',
        env: { GH_TOKEN: '${{ github.token }}' },
      },
    ],
  });
}
