import { World, prewarm } from './fake-io';
import { DAY, HOUR, MARATHON, MINUTE, autoscaler, configMap, deployment, keeperObjects, openingAt, planOf, synthOf, yamlOf } from '../manifests/plans';

// its types are those of a module, which a test cannot import
// eslint-disable-next-line @typescript-eslint/no-require-imports
const ICAL = require('ical.js');

const MARATHON_FILES = { 'dist/marathon.k8s.yaml': yamlOf(...synthOf(MARATHON), deployment('registration'), autoscaler('registration')) };

const FRIDAY = Date.parse('2027-03-05T20:00:00+09:00');
const FRIDAYS = Array.from({ length: 10 }, (_, week) => openingAt('ticket-friday', FRIDAY + week * 7 * DAY, 40, {
  leadMs: 45 * MINUTE, holdMs: 90 * MINUTE,
}));
const FINAL = openingAt('final', FRIDAYS[9].at - 2 * HOUR, 60, { holdMs: 3 * HOUR, demand: { requestsPerSecond: 90_000 } });
const SEASON_FILES = {
  'dist/queue.yaml': yamlOf(...synthOf(planOf('queue', [...FRIDAYS, FINAL]), 'tickets')),
  'dist/web.yaml': yamlOf(...synthOf(planOf('web', FRIDAYS), 'tickets')),
};

async function lines(argv: readonly string[], world: World): Promise<string[]> {
  return (await prewarm(argv, world)).out.split('\n');
}

test('the marathon fits 80 columns, with local and UTC times', async () => {
  expect(await lines(['plan', 'dist'], { files: MARATHON_FILES, columns: 80 })).toEqual([
    "1 service in namespace 'marathon', 1 opening ahead, as seen from Sun 2026-11-22",
    '12:00 UTC',
    '',
    'service       scales            start-up  baseline     at most  openings',
    'registration  hpa/registration       45s  2 to 162  108 to 162  1 ahead',
    '',
    'at each deploy, arm proves image, rights and API path',
    '',
    'seoul-marathon  Sat 2026-12-05 10:00 Asia/Seoul (UTC+09:00), in 12d13h',
    '  Seoul time  UTC        job     floor    ceiling  what happens',
    '  Sat 07:00   Fri 22:00  bump    2 → 108  162      guarded from here on',
    '  Sat 09:45   Sat 00:45  verify  108      162      Ready or not',
    '  Sat 10:00   Sat 01:00          108      162      opens to 15,000 requests/s',
    '  Sat 12:00   Sat 03:00  drop    108 → 2  162      back to the baseline',
  ]);
});

test('in the middle of an event what is past is marked, and what comes next', async () => {
  const out = await lines(['plan', 'dist', '--at', '2026-12-05T10:30:00+09:00'], { files: MARATHON_FILES });
  expect(out.slice(-6)).toEqual([
    'seoul-marathon  Sat 2026-12-05 10:00 Asia/Seoul (UTC+09:00), on now, opened 30m ago',
    '        Seoul time  UTC        job     floor    ceiling  what happens',
    '  past  Sat 07:00   Fri 22:00  bump    2 → 108  162      guarded from here on',
    '  past  Sat 09:45   Sat 00:45  verify  108      162      Ready or not',
    '  past  Sat 10:00   Sat 01:00          108      162      opens to 15,000 requests/s',
    '  next  Sat 12:00   Sat 03:00  drop    108 → 2  162      back to the baseline',
  ]);
});

test('a season is one table and its dates; what another event holds up is said', async () => {
  expect((await lines(['plan', 'dist'], { files: SEASON_FILES })).slice(4)).toEqual([
    'web       hpa/web         45s   2 to 10    40 to 60  10 ahead',
    'together                        4 to 20  100 to 150',
    'together they ask for the most from Fri 2027-05-07 10:15 UTC on',
    '',
    'at each deploy, arm proves image, rights and API path',
    '',
    'ticket-friday  Fri 2027-03-05 20:00 Asia/Seoul (UTC+09:00), in 102d23h',
    '  and 8 alike: 2027-03-12, 2027-03-19, 2027-03-26, ... 2027-04-30',
    '  Seoul time  UTC        service  job     floor   ceiling  what happens',
    '  Fri 19:15   Fri 10:15  queue    bump    2 → 40  10 → 60  guarded from here on',
    '  Fri 19:15   Fri 10:15  web      bump    2 → 40  10 → 60  guarded from here on',
    '  Fri 19:45   Fri 10:45  queue    verify  40      60       Ready or not',
    '  Fri 19:45   Fri 10:45  web      verify  40      60       Ready or not',
    '  Fri 20:00   Fri 11:00  queue            40      60       opens to 40 pods',
    '  Fri 20:00   Fri 11:00  web              40      60       opens to 40 pods',
    '  Fri 21:30   Fri 12:30  queue    drop    40 → 2  60 → 10  back to the baseline',
    '  Fri 21:30   Fri 12:30  web      drop    40 → 2  60 → 10  back to the baseline',
    '',
    'final  Fri 2027-05-07 18:00 Asia/Seoul (UTC+09:00), in 165d21h',
    '  Seoul time  UTC        service  job     floor    ceiling  what happens',
    '  Fri 15:00   Fri 06:00  queue    bump    2 → 60   10 → 90  guarded from here on',
    '  Fri 17:45   Fri 08:45  queue    verify  60       90       Ready or not',
    '  Fri 18:00   Fri 09:00  queue            60       90       opens to 90,000 requests/s',
    '  Fri 21:00   Fri 12:00  queue    drop    60 → 40  90 → 60  on the way down',
    '',
    'ticket-friday  Fri 2027-05-07 20:00 Asia/Seoul (UTC+09:00), in 165d23h',
    '  Seoul time  UTC        service  job     floor   ceiling  what happens',
    "  Fri 19:15   Fri 10:15  queue    bump    60      90       held by 'final'",
    '  Fri 19:15   Fri 10:15  web      bump    2 → 40  10 → 60  guarded from here on',
    '  Fri 19:45   Fri 10:45  queue    verify  60      90       Ready or not',
    '  Fri 19:45   Fri 10:45  web      verify  40      60       Ready or not',
    '  Fri 20:00   Fri 11:00  queue            60      90       opens to 40 pods',
    '  Fri 20:00   Fri 11:00  web              40      60       opens to 40 pods',
    '  Fri 21:30   Fri 12:30  queue    drop    40 → 2  60 → 10  back to the baseline',
    '  Fri 21:30   Fri 12:30  web      drop    40 → 2  60 → 10  back to the baseline',
  ]);
});

test('--all gives each occurrence a table of its own', async () => {
  const all = await lines(['plan', 'dist', '--all'], { files: SEASON_FILES });
  expect(all.filter(line => line.startsWith('ticket-friday'))).toHaveLength(10);
});

test('many services at one event share rows', async () => {
  const files = { 'dist/a.yaml': yamlOf(...Array.from({ length: 12 }, (_, i) => configMap(planOf(`web-${i}`, [FINAL])))) };
  const out = await lines(['plan', 'dist'], { files });
  expect(out.slice(-4)).toEqual([
    '  Fri 15:00   Fri 06:00  12 services  bump    24 → 720  120 → 1,080  guarded from here on',
    '  Fri 17:45   Fri 08:45  12 services  verify  720       1,080        Ready or not',
    '  Fri 18:00   Fri 09:00  12 services          720       1,080        opens',
    '  Fri 21:00   Fri 12:00  12 services  drop    720 → 24  1,080 → 120  back to the baseline',
  ]);
});

test('a row of many services says of how many what happens', async () => {
  const services = [planOf('small', [FINAL], { baseline: { floor: 90, ceiling: 120 } }), ...Array.from({ length: 8 }, (_, i) => planOf(`web-${i}`, [FINAL]))];
  const out = await lines(['plan', 'dist'], { files: { 'dist/a.yaml': yamlOf(...services.map(plan => configMap(plan))) } });
  expect(out.find(line => line.includes('bump'))).toContain('1 stay at the baseline, 8 guarded from here on');
});

test('--calendar prints one line an opening, and counts those that are past', async () => {
  expect(await lines(['plan', 'dist', '--calendar'], { files: SEASON_FILES, now: '2027-04-28T00:00:00Z' })).toEqual([
    '3 openings ahead, 8 past (shown with --all)',
    '',
    'opens (Asia/Seoul)    UTC        event          pods  from   until  when      services',
    'Fri 2027-04-30 20:00  Fri 11:00  ticket-friday    80  19:15  21:30  in 2d11h  2 services',
    'Fri 2027-05-07 18:00  Fri 09:00  final            60  15:00  21:00  in 9d9h   tickets/queue',
    'Fri 2027-05-07 20:00  Fri 11:00  ticket-friday    80  19:15  21:30  in 9d11h  2 services',
  ]);
});

test('--calendar --all has the openings that are past too', async () => {
  const out = await lines(['plan', 'dist', '--calendar', '--all'], { files: SEASON_FILES, now: '2027-04-28T00:00:00Z' });
  expect(out.filter(line => line.includes('  past  '))).toHaveLength(8);
});

test('--calendar is no answer beside --json', async () => {
  expect(await prewarm(['plan', 'dist', '--calendar', '--json'], { files: SEASON_FILES })).toMatchObject({ exitCode: 2 });
});

test.each([64, 80, 120])('no line is longer than a terminal of %i columns', async columns => {
  for (const line of await lines(['plan', 'dist'], { files: SEASON_FILES, columns })) {
    expect(line.length).toBeLessThanOrEqual(columns);
  }
});

test('colours do not move a column', async () => {
  const plain = await prewarm(['plan', 'dist'], { files: SEASON_FILES });
  const colored = await prewarm(['plan', 'dist'], { files: SEASON_FILES, colors: true });
  expect(colored.out).not.toBe(plain.out);
  // eslint-disable-next-line no-control-regex
  expect(colored.out.replace(/\u001b\[\d+m/g, '')).toBe(plain.out);
});

test('the same manifests at the same instant give the same bytes', async () => {
  const once = async () => prewarm(['plan', 'dist', '--svg', 'p.svg', '--ics', 'p.ics'], { files: SEASON_FILES });
  expect(await once()).toEqual(await once());
});

test('an error makes the exit code 1, a warning only with --strict', async () => {
  const exitCode = async (object: any, ...options: string[]) =>
    (await prewarm(['plan', 'dist', ...options], { files: { 'dist/a.yaml': yamlOf(...synthOf(MARATHON), object) } })).exitCode;
  const [error, warning] = [deployment('registration', { replicas: 3 }), autoscaler('registration', { minReplicas: 2 })];
  expect(await exitCode(error)).toBe(1);
  expect([await exitCode(warning), await exitCode(warning, '--strict')]).toEqual([0, 1]);
  expect(await exitCode(warning, '--strict', '--allow', 'min-replicas-set=the chart is not ours')).toBe(0);
});

test('--allow says how much it allows, and is refused without reason or for an id that does not exist', async () => {
  const files = { 'dist/a.yaml': yamlOf(...synthOf(MARATHON), autoscaler('registration', { minReplicas: 2 })) };
  const err = async (allow: string) => (await prewarm(['plan', 'dist', '--allow', allow], { files })).err;
  expect(await err('min-replicas-set=the chart = not ours')).toBe('1 finding allowed: min-replicas-set; --json has the reasons');
  expect(await err('min-replicas-set=')).toContain("It gives no reason for 'min-replicas-set'; write 'ID=reason'");
  expect(await err('min-replicas=ours')).toContain("It names 'min-replicas', and there is no finding of that id");
});

test('--json has of each finding what a program needs: id, severity, service, sentence, way out and place', async () => {
  const files = { 'dist/a.yaml': yamlOf(configMap(MARATHON), deployment('registration', { replicas: 3 }), ...keeperObjects(MARATHON)) };
  const { out } = await prewarm(['plan', 'dist', '--json'], { files });
  expect(JSON.parse(out).findings).toEqual([{
    id: 'replicas-set',
    severity: 'error',
    service: 'marathon/registration',
    sentence: "Deployment 'registration' has 'replicas: 3': an apply in the middle of an event kills all pods but those",
    remedy: "take the field out, the autoscaler writes it; of one that lives already only after 'prewarm adopt', or the deploy leaves one pod",
    position: { file: 'dist/a.yaml', line: 41, column: 5 },
  }]);
});

test('--json has every occurrence and the findings', async () => {
  const { out, exitCode } = await prewarm(['plan', 'dist', '--json', '--at', '2027-03-06T00:00:00Z'], { files: SEASON_FILES });
  const plan = JSON.parse(out);
  expect(exitCode).toBe(0);
  expect(plan.asOf).toBe('2027-03-06T00:00:00Z');
  expect(plan.openings).toHaveLength(11);
  expect(plan.openings[0]).toMatchObject({ event: 'ticket-friday', at: '2027-03-05T11:00:00Z', local: '2027-03-05T20:00:00+09:00', past: true });
  expect(plan.openings[9].services[0].steps[0]).toMatchObject({ kind: 'rise', before: { floor: 2 }, after: { floor: 60 }, past: false });
  expect(plan.fleet).toEqual({
    baseline: { floor: 4, ceiling: 20 }, highest: { from: '2027-05-07T10:15:00Z', until: '2027-05-07T12:00:00Z', floor: 100, ceiling: 150 },
  });
});

test('--ics is a calendar in UTC that programs read, whose entries keep their identity', async () => {
  const { written, err } = await prewarm(['plan', 'dist', '--ics', 'openings.ics'], { files: MARATHON_FILES });
  expect(err).toBe('wrote openings.ics');
  const calendar = new ICAL.Component(ICAL.parse(written['openings.ics']));
  const [entry, ...others] = calendar.getAllSubcomponents('vevent').map((component: unknown) => new ICAL.Event(component));
  expect(others).toEqual([]);
  expect(entry.uid).toBe('seoul-marathon-2026-12-05-marathon@cdk8s-prewarm');
  expect(entry.summary).toBe('Prewarm for seoul-marathon, opens 10:00 Asia/Seoul: registration 108');
  expect([entry.startDate.toString(), entry.endDate.toString()]).toEqual(['2026-12-04T22:00:00Z', '2026-12-05T03:00:00Z']);
  expect(entry.description.split('\n')).toEqual([
    'marathon/registration: 15,000 requests/s, floor 108, ceiling 162',
    'Sat 2026-12-05 07:00  floor up 2 → 108',
    'Sat 2026-12-05 09:45  Ready or not',
    'Sat 2026-12-05 10:00  opening',
    'Sat 2026-12-05 12:00  floor down 108 → 2',
  ]);
  expect(entry.component.getFirstPropertyValue('dtstamp')?.toString()).toBe('2026-11-22T12:00:00Z');
});

test('an opening that moves by an hour keeps its entry; all entries of a season differ', async () => {
  const uids = async (files: World['files']) => (await prewarm(['plan', 'dist', '--ics', 'o.ics'], { files })).written['o.ics'].match(/UID:.*/g)!;
  const moved = { 'dist/a.yaml': yamlOf(configMap({ ...MARATHON, openings: [openingAt('seoul-marathon', MARATHON.openings[0].at + HOUR, 108)] })) };
  expect(await uids(moved)).toEqual(await uids(MARATHON_FILES));
  expect(new Set(await uids(SEASON_FILES)).size).toBe(11);
});

test('--svg draws floors, ceilings and the opening, in words too', async () => {
  const svg = (await prewarm(['plan', 'dist', '--svg', 'plan.svg'], { files: MARATHON_FILES })).written['plan.svg'];
  for (const text of ['seoul-marathon, Sat 2026-12-05', 'opens 10:00', 'Ready by 09:45', 'floor 108', 'ceiling 162', 'for 15,000 requests/s', '07:00', '22:00 UTC']) {
    expect(svg).toContain(text);
  }
  expect(svg).toMatch(/^<svg [\s\S]*<\/svg>$/);
});

test('--diff says what a pull request changes', async () => {
  const before = planOf('queue', [...FRIDAYS, FINAL]);
  const after = planOf('queue', [
    ...FRIDAYS.slice(0, 9).map(({ at }) => openingAt('ticket-friday', at, 50, { leadMs: HOUR, holdMs: 90 * MINUTE })),
    openingAt('final', FINAL.at + HOUR, 60, { holdMs: 3 * HOUR, demand: { requestsPerSecond: 90_000 } }),
    openingAt('encore', FINAL.at + DAY, 60),
  ], { baseline: { floor: 3, ceiling: 10 }, startupMs: 60_000 });
  const files = {
    'old/a.yaml': yamlOf(configMap(before), configMap(planOf('gone', [FINAL]))),
    'new/a.yaml': yamlOf(configMap(after), configMap(planOf('web', [FINAL]))),
  };
  expect(await lines(['plan', 'new', '--diff', 'old'], { files })).toEqual([
    'marathon/gone',
    '  - the service is gone: its jobs must be deleted, and nothing holds its floor any more',
    '  - final: 1 opening: Fri 2027-05-07 18:00 Asia/Seoul',
    'marathon/queue',
    '  ~ baseline floor: 2 → 3',
    '  ~ start-up: 45s → 1m',
    '  - ticket-friday: 1 opening: Fri 2027-05-07 20:00 Asia/Seoul',
    '  ~ ticket-friday: floor 40 → 50, Fri 2027-03-05 20:00 ... Fri 2027-04-30 20:00 Asia/Seoul (9 times)',
    '  ~ ticket-friday: ceiling 60 → 75, Fri 2027-03-05 20:00 ... Fri 2027-04-30 20:00 Asia/Seoul (9 times)',
    '  ~ ticket-friday: lead 45m → 1h, Fri 2027-03-05 20:00 ... Fri 2027-04-30 20:00 Asia/Seoul (9 times)',
    '  ~ ticket-friday: demand 40 pods → 50 pods, Fri 2027-03-05 20:00 ... Fri 2027-04-30 20:00 Asia/Seoul (9 times)',
    '  ~ final: Fri 2027-05-07 18:00 Asia/Seoul → Fri 2027-05-07 19:00 Asia/Seoul',
    '  + encore: 1 opening with 60 to 90 pods: Sat 2027-05-08 18:00 Asia/Seoul',
    'marathon/web',
    '  + a new service',
    '  + final: 1 opening with 60 to 90 pods: Fri 2027-05-07 18:00 Asia/Seoul',
  ]);
});

test('--diff and --ics name the ceiling that is in force, and say a fixed one once', async () => {
  const fixed = (fixedCeiling: number, floor: number) => yamlOf(configMap(planOf('queue', [openingAt('sale', FINAL.at, floor, { demand: { requestsPerSecond: floor * 100 } })], { fixedCeiling })));
  const files = { 'old/a.yaml': fixed(90, 20), 'new/a.yaml': fixed(1_200, 800), 'none/a.yaml': yamlOf(configMap(planOf('web', FRIDAYS))) };
  expect(await lines(['plan', 'new', '--diff', 'old'], { files })).toEqual([
    'marathon/queue',
    '  ~ ceiling in the manifest: 90 → 1,200',
    '  ~ sale: floor 20 → 800, Fri 2027-05-07 18:00 Asia/Seoul',
    '  ~ sale: demand 2,000 requests/s → 80,000 requests/s, Fri 2027-05-07 18:00 Asia/Seoul',
  ]);
  expect(await lines(['plan', 'old', '--diff', 'none'], { files })).toContain('  + sale: 1 opening with 20 to 90 pods: Fri 2027-05-07 18:00 Asia/Seoul');
  expect((await prewarm(['plan', 'old', '--ics', 'o.ics'], { files })).written['o.ics']).toContain('ceiling 90');
});

test('an event below the baseline stays at the baseline', async () => {
  const files = { 'dist/a.yaml': yamlOf(configMap(planOf('web', [openingAt('sale', FINAL.at, 50)], { baseline: { floor: 80, ceiling: 90 } }))) };
  expect(await lines(['plan', 'dist'], { files })).toContain('  Fri 15:00   Fri 06:00  bump    80     90       stays 80, the baseline');
});

test('--exit-code tells whether --diff found a change', async () => {
  const files = { 'old/a.yaml': yamlOf(configMap(planOf('web', FRIDAYS))), ...SEASON_FILES };
  expect((await prewarm(['plan', 'dist', '--diff', 'old', '--exit-code'], { files })).exitCode).toBe(1);
  expect((await prewarm(['plan', 'dist', '--diff', 'old'], { files })).exitCode).toBe(0);
  expect((await prewarm(['plan', 'dist', '--diff', 'dist', '--exit-code'], { files })).exitCode).toBe(0);
  expect(await prewarm(['plan', 'dist', '--exit-code'], { files })).toMatchObject({ exitCode: 2, err: expect.stringContaining('--exit-code needs --diff OLD') });
});

test('--diff of the same is no change', async () => {
  expect(await lines(['plan', 'dist', '--diff', 'dist'], { files: SEASON_FILES })).toEqual(['no change: both ask for the same at every instant']);
});

test('findings go to stderr with file, line and column, and an error changes the exit code', async () => {
  const files = { 'dist/a.yaml': `${yamlOf(configMap(MARATHON))}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: registration\n  namespace: marathon\nspec:\n  replicas: 3\n` };
  const { exitCode, err } = await prewarm(['plan', 'dist'], { files });
  const line = files['dist/a.yaml'].split('\n').indexOf('  replicas: 3') + 1;
  expect(err).toMatch(new RegExp(`^dist/a.yaml:${line}:3: error: marathon/registration: Deployment 'registration' has 'replicas: 3'`));
  expect(exitCode).toBe(1);
  expect((await prewarm(['plan', 'dist', '--strict'], { files })).exitCode).toBe(1);
  expect((await prewarm(['plan', 'dist', '--strict'], { files: MARATHON_FILES })).exitCode).toBe(0);
});

test('stdin, and a List as kubectl prints it, are read like files', async () => {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...synthOf(MARATHON), autoscaler('registration', { minReplicas: 2 })] }, undefined, 1);
  const { exitCode, out, err } = await prewarm(['plan', '-'], { stdin: list });
  expect(exitCode).toBe(0);
  expect(out).toContain('seoul-marathon');
  const line = list.split('\n').findIndex(text => text.includes('"minReplicas"')) + 1;
  expect(err).toMatch(new RegExp(`^stdin:${line}:5: warning: `));
});

test('folders are read with all below them, but for hidden ones, node_modules and other files; a file once', async () => {
  const files = {
    'dist/deep/er/a.yml': yamlOf(...synthOf(MARATHON)),
    'dist/values.yaml': 'image: 3\n',
    'dist/.cache/b.yaml': '{',
    'dist/node_modules/c.json': '{',
    'dist/README.md': '{',
  };
  const { exitCode, err } = await prewarm(['plan', 'dist', 'dist/deep/er/a.yml'], { files });
  expect([exitCode, err]).toEqual([0, '']);
});

test.each<[string, World['files'], string]>([
  ['a file that is no YAML', { 'dist/a.yaml': 'kind: ConfigMap\nmetadata: [\n' }, 'dist/a.yaml:3:1: Flow sequence in block collection must be'],
  ['a key that stands twice', { 'dist/a.yaml': 'a: 1\nb: 2\na: 3\n' }, 'dist/a.yaml:3:1: Map keys must be unique'],
  ['JSON that ends early', { 'dist/a.json': '{"kind": "ConfigMap",\n "metadata": {' }, 'dist/a.json:2:15: Flow map in block collection must be sufficiently indented and end with a }'],
  ['a plan that cannot be decoded', {
    'dist/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web-prewarm\ndata:\n  plan.json: "{}"\n',
  }, 'dist/a.yaml:6:3: the plan has version undefined, this program reads version 1'],
  ['no plan at all', { 'dist/a.yaml': yamlOf(deployment('web')) }, 'no plan among 1 Kubernetes objects in dist; name the output of a synth'],
])('%s: exit code 2, and its place', async (_, files, sentence) => {
  const { exitCode, out, err } = await prewarm(['plan', 'dist'], { files });
  expect(err).toContain(sentence);
  expect(exitCode).toBe(2);
  expect(out).toBe('');
});

test.each([
  [['plan'], "error: missing required argument 'manifests'"],
  [['plan', 'nowhere'], "cannot read 'nowhere': ENOENT"],
  [['plan', 'dist', '--at', '2026-12-05T10:00'], 'Write an instant with its offset'],
  [['plan', 'dist', '--jsno'], '(Did you mean --json?)'],
  [['plam', 'dist'], "error: unknown command 'plam'\n(Did you mean plan?)"],
])('%j is refused with exit code 2', async (argv, sentence) => {
  const { exitCode, err } = await prewarm(argv, { files: MARATHON_FILES });
  expect(err).toContain(sentence);
  expect(exitCode).toBe(2);
});

test('half-hour zones and clock changes show the clocks of the place', async () => {
  const at = Date.parse('2027-03-14T03:30:00-04:00');
  const plan = planOf('web', [openingAt('spring', at, 20, { timeZone: 'America/New_York' }), openingAt('adelaide', at + DAY, 20, { timeZone: 'Australia/Adelaide' })]);
  const out = await lines(['plan', 'dist'], { files: { 'dist/a.yaml': yamlOf(configMap(plan)) } });
  expect(out).toContain('  Sat 23:30      Sun 04:30  bump    2 → 20  10 → 30  guarded from here on');
  expect(out).toContain('  Sun 03:30      Sun 07:30          20      30       opens to 20 pods');
  expect(out).toContain('adelaide  Mon 2027-03-15 18:00 Australia/Adelaide (UTC+10:30), in 112d19h');
});
