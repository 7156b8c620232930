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

test.each(['-V', '--version'])('%s says which version this is', async option => {
  expect(await prewarm([option])).toMatchObject({ exitCode: 0, out: '1.2.3', err: '' });
});

test('every command is introduced by a short line of one kind', async () => {
  const { out } = await prewarm(['--help'], { columns: 120 });
  const [, commands] = out.split('Commands:\n');
  expect(commands.split('\n').map(line => line.replace(/^  \w+ +/, ''))).toEqual([
    'print the calendar that manifests hold',
    'play an opening against the manifests, in simulated time',
    'wait after a deploy until every arm job has proved it',
    'say go or no-go for what runs in a cluster, and why',
    'ask for another floor than the plan, until a stated time',
    'put an opening off by minutes, on the night',
    'prepare services that live already for their first deploy',
    'take a schedule out of a cluster, and keep every pod',
    'make a list of openings of a calendar file',
  ]);
});

test.each([['plan', '--svg'], ['plan', '--ics'], ['rehearse', '--svg'], ['rehearse', '--html']])('%s %s does not take stdout for a file', async (command, option) => {
  const { exitCode, err, written } = await prewarm([command, 'dist', option, '-']);
  expect(exitCode).toBe(2);
  expect(err).toContain(`option '${option} <file>' argument '-' is invalid. Name a file: stdout has the text already.`);
  expect(written).toEqual({});
});
