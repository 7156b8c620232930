import { cdk8s, javascript } from 'projen';

// what a platform team publishes to its own registry: constructs, types, and the versions that squads must bring
const project = new cdk8s.ConstructLibraryCdk8s({
  name: '@acme/tickets',
  description: 'How ACME runs a service that opens to a crowd',
  author: 'ACME platform team',
  authorAddress: 'platform@acme.example',
  repositoryUrl: 'https://git.acme.example/platform/tickets.git',
  licensed: false,
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  github: false,
  depsUpgrade: false,
  docgen: false,
  eslint: false,
  release: false,

  cdk8sVersion: '2.68.12',
  constructsVersion: '10.3.0',
  jsiiVersion: '~5.9.0',
  typescriptVersion: '~5.9.0',
  minNodeVersion: '20.0.0',
  peerDeps: ['cdk8s-plus-28@^2.3.4', 'cdk8s-prewarm'],
  jestOptions: { junitReporting: false, jestConfig: { collectCoverage: false } },
});

// a squad's app, which has a package.json of its own
project.addPackageIgnore('/app/');

project.synth();
