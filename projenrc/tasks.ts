import { TextFile, cdk8s } from 'projen';

/** Beside Node 20, the lowest that works, which is past its own end. */
const OTHER_NODES = [22, 24];

/** What is run by hand and by CI beside projen's own tasks. */
export function addTasks(project: cdk8s.ConstructLibraryCdk8s): void {
  const bundle = project.tasks.tryFind('bundle')!;

  // one look at all types, ours and those of tests, examples and benchmarks, which import the package by its name
  new TextFile(project, 'tsconfig.check.json', {
    lines: JSON.stringify({
      extends: './tsconfig.json',
      compilerOptions: {
        noEmit: true,
        rootDir: '.',
        paths: { 'cdk8s-prewarm': ['./src'], 'cdk8s-prewarm/lib/*': ['./src/*'], '@acme/tickets': ['./examples/preset/src'] },
      },
      include: ['src/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts', 'examples/**/.projenrc.ts', 'benchmark/**/*.ts', 'projenrc/**/*.ts', '.projenrc.ts'],
      exclude: ['node_modules'],
    }, undefined, 2).split('\n'),
  });
  project.addTask('typecheck', {
    description: 'Types of sources, tests, examples and benchmarks',
    exec: 'tsc -p tsconfig.check.json',
  });

  // the constructs read the bundled keeper
  project.testTask.prependSpawn(bundle);
  project.addTask('coverage', { description: 'Unit tests with coverage', steps: [{ spawn: 'bundle' }, { exec: 'jest --coverage' }] });

  const jestIn = (folder: string) => `jest --runInBand --testPathIgnorePatterns /node_modules/ --roots ${folder} --testMatch '**/*.test.ts'`;
  project.addTask('test:long', {
    description: 'Properties over 100,000 random plans and whole years of many zones',
    steps: [{ spawn: 'bundle' }, { exec: jestIn('test/long') }],
  });
  project.addTask('test:package', {
    description: 'The packed tarball in an empty cdk8s app, at the lowest and the latest peers, and in copies of the examples',
    steps: [{ exec: jestIn('test/package') }],
  });

  // `npx` puts that node before the one of this machine; with NODES_SHARE each has a part of the tests, and together they have all
  project.addTask('test:nodes', {
    description: 'Unit tests on the other versions of Node that are supported, from the npm package node',
    steps: [{ spawn: 'bundle' }, ...OTHER_NODES.map((version, i) => ({
      exec: `npx --yes --package node@${version} -c "node --version && jest --ci \${NODES_SHARE:+--shard=${i + 1}/${OTHER_NODES.length}}"`,
    }))],
  });

  const tsx = 'tsx --tsconfig tsconfig.check.json';
  project.addTask('api-diff', {
    description: 'Fails where the API of the built tree asks users of the last version for a change',
    exec: `${tsx} projenrc/last-version.ts diff`,
  });
  project.addTask('keep-version', {
    description: 'Keeps API, keeper and plans of the built tree as those of the last version: once, at a release',
    exec: `${tsx} projenrc/last-version.ts keep`,
  });
  // as `npx cdk8s synth` in the folder of an example, where this package is not installed
  const synth = 'cdk8s synth --no-validate --app "tsx --tsconfig ../../tsconfig.check.json main.ts"';
  project.addTask('example', {
    description: 'Synthesizes the examples, and prints the plan of the marathon',
    env: { CDK8S_CHECK_UPGRADE: 'false' },
    steps: [
      { spawn: 'bundle' },
      { exec: synth.replace('../../', '../../../'), cwd: 'examples/preset/app' },
      { exec: synth, cwd: 'examples/marathon' },
      { exec: 'node bin/prewarm plan examples/marathon/dist' },
      { exec: 'node examples/next-steps.mjs' },
    ],
  });
  project.addTask('pictures', {
    description: 'Draws the pictures of the README from the example, by the tool itself',
    steps: [
      { exec: 'node bin/prewarm plan examples/marathon/dist --at 2026-12-01T00:00:00Z --svg docs/images/plan.svg > /dev/null' },
      { exec: 'node bin/prewarm rehearse examples/marathon/dist --service registration --svg docs/images/rehearsal.svg > /dev/null' },
    ],
  });
  project.addTask('reference', {
    description: 'Writes those parts of docs/ that follow from the code',
    steps: [{ spawn: 'bundle' }, { exec: `${tsx} test/docs/write-pages.ts` }],
  });
  project.addTask('benchmark', {
    description: 'Speed and memory, as ratios against a named peer',
    env: { TSX_TSCONFIG_PATH: 'tsconfig.check.json' },
    steps: [{ spawn: 'bundle' }, { spawn: 'compile' }, { exec: 'tsx benchmark/main.ts', receiveArgs: true }],
  });

  project.compileTask.exec('tsx projenrc/without-maps.ts');
  // README and @example blocks compile, or the build fails
  project.postCompileTask.exec('jsii-rosetta extract --strict');
}
