/**
 * What is promised, proven on a real control plane: `KUBECONFIG=... npx jest -c test/cluster/jest.config.js`.
 *
 * PREWARM_TOOLS (a program `TOOL ARGS...` for gitops, helm3, helm4), PREWARM_CLUSTER and PREWARM_CLUSTER_DIR (the simulated cluster's
 * program and directory) let the tests run that need them; PREWARM_LONG=1 runs those of long/ instead.
 */
module.exports = {
  rootDir: '../..',
  roots: [process.env.PREWARM_LONG ? '<rootDir>/test/cluster/long' : '<rootDir>/test/cluster'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...process.env.PREWARM_LONG ? [] : ['/test/cluster/long/']],
  moduleNameMapper: require('../../package.json').jest.moduleNameMapper,
  transform: { '^.+\\.tsx?$': ['ts-jest', { tsconfig: 'test/tsconfig.json', isolatedModules: true }] },
  // openings are minutes ahead, and windows minutes long
  testTimeout: 240_000,
  testSequencer: '<rootDir>/test/cluster/longest-first.js',
  verbose: true,
  reporters: ['default', '<rootDir>/test/closing-line.js'],
};
