import { cdk8s } from 'projen';

/** The programs that ship as bundles: what the jobs start, what they run then, each one file, and the command line. */
export function addBundles(project: cdk8s.ConstructLibraryCdk8s): void {
  // neither is minified: a person reads the keeper in `kubectl get configmap`
  for (const entry of ['main', 'starter']) {
    project.bundler.addBundle(`./src/keeper/${entry}.ts`, {
      platform: 'node',
      target: 'node20',
      outfile: 'index.js',
      // Flux and envsubst would take `${...}` for a variable of theirs
      esbuildArgs: { '--supported:template-literal': 'false', '--legal-comments': 'inline' },
    });
  }
  project.tasks.tryFind('bundle')!.exec('tsx projenrc/cli-bundle.ts', { name: 'cli' });
}
