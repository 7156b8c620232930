import { cdk8s } from 'projen';

const LAYERS = ['core', 'private', 'keeper', 'manifests', 'rehearsal', 'report', 'cli'] as const;
type Layer = typeof LAYERS[number];

/** What each room may import beside itself. */
const MAY_IMPORT: { readonly [layer in Layer]: readonly Layer[] } = {
  core: [],
  manifests: ['core'],
  rehearsal: ['core', 'manifests'],
  report: ['core', 'manifests', 'rehearsal'],
  keeper: ['core'],
  cli: ['core', 'manifests', 'rehearsal', 'report'],
  private: ['core'],
};

/** Rooms of pure functions: no node, no cdk8s, no npm package. */
const PURE: readonly Layer[] = ['core', 'manifests', 'rehearsal'];

const CDK8S = ['cdk8s', 'cdk8s-plus-*', 'constructs'];

/** The only files that may read the clock, the environment or argv, or set an exit code. */
const EDGES = ['src/keeper/main.ts', 'src/keeper/starter.ts', 'src/cli/main.ts', 'src/validation.ts'];

/** The borders of the rooms, as lint rules. */
export function addBorders(project: cdk8s.ConstructLibraryCdk8s): void {
  const zones: object[] = [
    ...LAYERS.map(layer => ({
      target: `./src/${layer}`,
      from: './src',
      // the constructs' helpers know the structs and value classes, never a construct
      except: [`./${layer}`, ...MAY_IMPORT[layer].map(other => `./${other}`), ...(layer === 'private' ? PUBLIC_FILES : [])],
      message: `${layer} imports ${[layer, ...MAY_IMPORT[layer]].join(', ')} and nothing else of ours`,
    })),
    {
      target: './src/!(testing|validation).ts',
      from: ['./src/rehearsal', './src/manifests', './src/keeper', './src/report', './src/cli'],
      message: 'constructs import core and private only',
    },
    {
      target: './src/@(testing|validation).ts',
      from: ['./src/keeper', './src/report', './src/cli'],
      message: 'testing and validation import core, private, manifests and rehearsal only',
    },
  ];
  project.eslint?.addRules({ 'import/no-restricted-paths': ['error', { zones }], 'import/no-cycle': ['error'] });
  project.eslint?.addRules({ '@stylistic/max-len': ['error', { code: 150, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }] });

  const clock = [
    { object: 'Date', property: 'now', message: 'take the time as an argument' },
    { object: 'Math', property: 'random', message: 'take a seed as an argument' },
    { object: 'process', property: 'env', message: 'read the environment in main.ts' },
    { object: 'process', property: 'argv', message: 'read argv in main.ts' },
    { object: 'process', property: 'exit', message: 'return an exit code to main.ts' },
    { object: 'process', property: 'exitCode', message: 'return an exit code to main.ts' },
  ];
  project.eslint?.addOverride({
    files: ['src/**/*.ts'],
    excludedFiles: EDGES,
    rules: {
      'no-restricted-properties': ['error', ...clock],
      'no-restricted-syntax': ['error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'take the time as an argument' }],
    },
  });
  const npmFree = { group: [...CDK8S, 'node:*', 'yaml', 'commander', 'echarts', 'echarts/*', 'cli-table3', 'ical-generator', 'ical.js'] };
  project.eslint?.addOverride({
    files: PURE.map(layer => `src/${layer}/**/*.ts`),
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ ...npmFree, message: 'this room is pure: no cdk8s, no node, no packages' }] }] },
  });
  project.eslint?.addOverride({
    files: ['src/keeper/**/*.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ ...npmFree, group: npmFree.group.filter(g => g !== 'node:*'), message: 'the keeper has no dependencies but node' }] }] },
  });
  project.eslint?.addOverride({
    files: ['src/keeper/**/*.ts', 'src/core/kube-objects.ts'],
    rules: {
      // a status field that is misspelt must not compile
      '@typescript-eslint/no-explicit-any': 'error',
      'no-nested-ternary': 'error',
    },
  });
  project.eslint?.addOverride({
    files: ['src/report/**/*.ts', 'src/cli/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ group: CDK8S, message: 'reads manifests, never the app' }] }],
      // bundled: a construct user never installs them
      'import/no-extraneous-dependencies': ['error', { devDependencies: true, optionalDependencies: false, peerDependencies: true }],
    },
  });
}

/** Structs and value classes, which import no construct: what constructs and their helpers both speak of. */
const PUBLIC_FILES = [
  './demand.ts', './dependency.ts', './dependency-options.ts', './keeper-options.ts', './opening-event.ts', './opening-options.ts', './replica-range.ts', './schedule-options.ts',
  './schedule-target.ts', './scheduled-event.ts', './service-options.ts', './window-options.ts',
];
