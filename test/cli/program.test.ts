import { prewarm } from './fake-io';

test('--help is an answer: stdout, exit code 0', async () => {
  const { exitCode, out, err } = await prewarm(['--help']);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^Usage: prewarm/);
  expect(err).toBe('');
});

test('an unknown option is answered on stderr, exit code 2', async () => {
  const { exitCode, out, err } = await prewarm(['--hlep']);
  expect(exitCode).toBe(2);
  expect(out).toBe('');
  expect(err).toContain("error: unknown option '--hlep'\n(Did you mean --help?)");
});
