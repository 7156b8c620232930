import { TextFile, cdk8s } from 'projen';

/** What is run by hand and by CI beside projen's own tasks. */
export function addTasks(project: cdk8s.ConstructLibraryCdk8s): void {
  new TextFile(project, 'tsconfig.check.json', {
    lines: JSON.stringify({
      extends: './tsconfig.json',
      compilerOptions: {
        noEmit: true,
        rootDir: '.',
        paths: { 'cdk8s-prewarm': ['./src'], 'cdk8s-prewarm/lib/*': ['./src/*'] },
      },
      include: ['src/**/*.ts', 'test/**/*.ts', 'examples/**/*.ts', 'benchmark/**/*.ts', 'projenrc/**/*.ts', '.projenrc.ts'],
      exclude: ['node_modules'],
    }, undefined, 2).split('\n'),
  });
  project.addTask('typecheck', {
    description: 'Types of sources, tests, examples and benchmarks',
    exec: 'tsc -p tsconfig.check.json',
  });
  project.addTask('coverage', { description: 'Unit tests with coverage', exec: 'jest --coverage' });
}
