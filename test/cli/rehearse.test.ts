import { FakeIo, World, prewarm } from './fake-io';
import * as cli from '../../src/cli/program';
import { DAY, MARATHON, MINUTE, autoscaler, configMap, deployment, openingAt, planOf, yamlOf } from '../manifests/plans';

// a short window, since every second of it is played
const NIGHT = planOf('registration', [
  openingAt('seoul-marathon', '2026-12-05T10:00:00+09:00', 108, {
    leadMs: 30 * MINUTE, holdMs: 20 * MINUTE, readyMarginMs: 10 * MINUTE, demand: { requestsPerSecond: 15_000 },
  }),
  openingAt('rerun', MARATHON.openings[0].at + DAY, 12, { leadMs: 30 * MINUTE, holdMs: 5 * MINUTE }),
], { fixedCeiling: 162, podCapacity: 200, guards: 2 });

function cronJob(role: string, schedule: string, event: string): any {
  const labels = { 'cdk8s-prewarm/service': 'registration', 'cdk8s-prewarm/role': role, 'cdk8s-prewarm/event': event };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: `registration-${event}-${role}`, namespace: 'marathon', labels },
    spec: { schedule, timeZone: 'Asia/Seoul', startingDeadlineSeconds: 3600, concurrencyPolicy: 'Forbid', jobTemplate: { spec: { parallelism: 2 } } },
  };
}

const JOBS = [
  cronJob('bump', '30-55/5 9 5 12 *', 'seoul-marathon'), cronJob('verify', '50 9 5 12 *', 'seoul-marathon'), cronJob('drop', '20 10 5 12 *', 'seoul-marathon'),
];
const WORKLOAD = deployment('registration', { resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } } });
Object.assign(WORKLOAD.spec.template.spec.containers[0], { lifecycle: { preStop: { sleep: { seconds: 15 } } } });

const FILES = { 'dist/night.yaml': yamlOf(configMap(NIGHT), WORKLOAD, autoscaler('registration'), ...JOBS) };

async function rehearse(argv: readonly string[], files: World['files'] = {}): ReturnType<typeof prewarm> {
  return prewarm(['rehearse', 'dist', ...argv], { files: { ...FILES, ...files }, columns: 100 });
}

test('the summary has the verdict, the figures beside each other, charts, and what was assumed', async () => {
  const { exitCode, out, err } = await rehearse([]);
  const lines = out.split('\n');
  expect([exitCode, err]).toEqual([0, '']);
  expect(lines.slice(0, 2)).toEqual([
    'registration, seoul-marathon on Sat 2026-12-05 10:00 Asia/Seoul: 100 % of its requests answered',
    'verify says: 108 of 108 ready',
  ]);
  expect(lines[3]).toMatch(/^from the opening on +prewarmed +HPA only +always at peak$/);
  expect(out).toMatch(/^most pods, nodes +108, \d+ +\d+, \d+ +108, \d+$/m);
  expect(out).toMatch(/^ {2}traffic +[ ▁-█]+ 15,000\/s$/m);
  expect(out).toMatch(/^ +09:20 +\^ opens 10:00 +10:50$/m);
  expect(out).toContain('assumed (seed 1): hpaSyncSeconds 15 s,');
});

test.each([80, 120])('the summary fits %i columns, and but for the assumptions a screen', async columns => {
  const { out } = await prewarm(['rehearse', 'dist', '--fault', 'node-lost'], { files: FILES, columns });
  const lines = out.split('\n');
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(columns);
  expect(lines.findIndex(line => line.startsWith('assumed'))).toBeLessThan(40);
});

test('a requirement that is met is said; exit code 0', async () => {
  const { exitCode, out, err } = await rehearse(['--require', 'success>=99.9%', '--compare', 'none']);
  expect(exitCode).toBe(0);
  expect(out).toContain('met     success>=99.9%: success is 100 %, required is at least 99.9 %');
  expect(err).toBe('');
});

test('each requirement that is missed is a sentence on stderr; exit code 1', async () => {
  const { exitCode, out, err } = await rehearse([
    '--fault', 'no-prewarm', '--require', 'success>=0.999', '--require', 'restarts==0', '--require', 'pods-taken==0',
  ]);
  expect(exitCode).toBe(1);
  expect(err).toMatch(/^registration: success is [\d.]+ %, required is at least 99.9 %\nregistration: restarts is \d+, required is exactly 0$/);
  expect(out).toContain('missed  restarts==0');
  expect(out).toMatch(/^with no-prewarm@/m);
});

test('--override plays what the person on call would ask for, and the answer says so', async () => {
  const { exitCode, out } = await rehearse(['--override', 'floor=130,from=-30m,until=+30m', '--require', 'verify==1', '--require', 'success>=99.9%']);
  expect(out).toContain('with an override of floor 130 from -30m until +30m');
  expect(out).toContain('verify says: 130 of 130 ready');
  expect(exitCode).toBe(0);
});

test('--compare chooses the runs beside the prewarmed one', async () => {
  const head = async (...argv: string[]) => (await rehearse(argv)).out.split('\n').find(line => line.startsWith('from the opening on'));
  expect(await head('--compare', 'hpa-only')).toMatch(/prewarmed +HPA only$/);
  expect(await head('--compare', 'none')).toMatch(/prewarmed$/);
});

test('--event and --service choose what is rehearsed, and name what there is', async () => {
  expect((await rehearse(['--event', 'rerun', '--compare', 'none'])).out).toMatch(/^registration, rerun on Sun 2026-12-06/);
  expect(await rehearse(['--event', 'final'])).toMatchObject({ exitCode: 2, err: "no event 'final' in the manifests; there are seoul-marathon, rerun" });
  expect(await rehearse(['--service', 'queue'])).toMatchObject({ exitCode: 2, err: "no service 'queue' in the manifests; there are marathon/registration" });
});

test('--json has all figures, and no series', async () => {
  const [result] = JSON.parse((await rehearse(['--json', '--seed', '7', '--compare', 'hpa-only'])).out);
  expect(result).toMatchObject({ service: 'registration', event: 'seoul-marathon', seed: 7 });
  expect(result.runs.map((run: any) => run.name)).toEqual(['prewarmed', 'hpa-only']);
  expect(result.runs[0].success).toBe(1);
  expect(result.runs[1].success).toBeLessThan(0.5);
  expect(result.runs[0].series).toBeUndefined();
});

test('a scenario gives traffic, faults, assumptions and requirements; options add to it', async () => {
  const scenario = 'traffic:\n  - { at: -1m, rps: 10 }\n  - { at: +0s, rps: 40000 }\nassume:\n  podRps: 300\nrequire:\n  - success>=0.999\ncompare: []\n';
  const { exitCode, out } = await rehearse(['--scenario', 'twice.yaml', '--require', 'max-replicas<=200'], { 'twice.yaml': scenario });
  expect(exitCode).toBe(1);
  expect(out).toContain('podRps 300/s');
  expect(out).toContain('missed  success>=0.999');
  expect(out).toContain('met     max-replicas<=200');
});

test.each([
  ['a field that it does not know', 'seed: 1\ntrafic: []\n', "s.yaml:2:1: unknown field 'trafic'"],
  ['a point without rps', 'traffic:\n  - at: +0s\n', "s.yaml:2:5: 'traffic.0.rps' must be a number of at least 0"],
  ['a fault that it does not know', 'faults:\n  - re-apply\n  - earthquake\n', "s.yaml:3:5: unknown fault 'earthquake'"],
  ['an expression that makes no sense', 'require: ["success>=much"]\n', "s.yaml:1:11: 'much' in 'success>=much' must be a share"],
  ['no YAML', 'traffic: [\n', 's.yaml:2:1: '],
])('a scenario with %s: exit code 2, and its place', async (_, text, sentence) => {
  const { exitCode, err, out } = await rehearse(['--scenario', 's.yaml'], { 's.yaml': text });
  expect(err).toContain(sentence);
  expect([exitCode, out]).toEqual([2, '']);
});

test.each([
  [['--require', 'success>=lots'], "column 10: 'lots' in 'success>=lots' must be a share"],
  [['--require', 'joy>=1'], "column 1: unknown 'joy' in 'joy>=1'; known are success,"],
  [['--fault', 'earthquake'], "unknown fault 'earthquake'; known are no-prewarm,"],
  [['--fault', 're-apply@soon'], "'soon' of fault 're-apply@soon' must be an offset"],
  [['--fault', 're-apply@5m'], "with its sign: '-5m' before it, '+5m' after it"],
  [['--override', 'floor=150'], "the override 'floor=150' needs a floor and an end"],
  [['--override', 'floor=150,until=-9h'], 'is not in force between'],
  [['--compare', 'magic'], 'Known are hpa-only, always-at-peak, patched, patched-re-applied and none.'],
  [['--seed', '-1'], 'Write a whole number.'],
  [['--scenario', 'nowhere.yaml'], "cannot read 'nowhere.yaml'"],
])('%j is refused with exit code 2', async (argv, sentence) => {
  const { exitCode, err } = await rehearse(argv);
  expect(err).toContain(sentence);
  expect(exitCode).toBe(2);
});

test('the picture has each run, its headline and the opening; the same bytes each time', async () => {
  const draw = async () => (await rehearse(['--svg', 'night.svg', '--fault', 'node-lost'])).written['night.svg'];
  const svg = await draw();
  for (const text of ['registration: seoul-marathon, Sat 2026-12-05 10:00 Asia/Seoul', 'Prewarmed: ', ' % of the requests answered', 'HPA only: ', 'opens 10:00',
    'node-lost', 'with node-lost@-1m: a node disappears with its pods', 'The whole event', '01:00 UTC']) {
    expect(svg).toContain(text);
  }
  expect(svg.length).toBeLessThan(200_000);
  expect(await draw()).toBe(svg);
});

test('the page needs nothing from anywhere, and has figures, assumptions with sources, and what happened', async () => {
  const { written, err } = await rehearse(['--html', 'night.html', '--require', 'success>=0.9']);
  const page = written['night.html'];
  expect(err).toBe('wrote night.html');
  expect(page).not.toMatch(/(src|href)=|@import|url\(http/);
  expect(page).toContain('<p class="met">met: success is 100 %, required is at least 90 %</p>');
  expect(page).toContain('What happened, HPA only');
  expect(page).toMatch(/<td>podsCreatedPerSecond<\/td><td>20 \/s<\/td><td>[^<]+<\/td><td>[^<]*kube-api-qps/);
  const data = JSON.parse(/<script type="application\/json" id="spots">(.*)<\/script>/.exec(page)![1]);
  expect(data).toHaveLength(4);
  expect(data[0].values).toHaveLength(data[0].labels.length);
  expect(Math.max(...data[0].values[data[0].labels.indexOf('ready pods')])).toBe(108);
});

test('in a picture, no failed request stands before the opening, and none leaves the frame', async () => {
  const { written } = await rehearse(['--fault', 'no-prewarm', '--compare', 'none', '--svg', 'night.svg']);
  const pointsOf = (path: string) => path.split(/[ML]/).filter(Boolean).map(point => point.trim().split(/[ ,]/).map(Number));
  const paths = [...written['night.svg'].matchAll(/<path d="([^"AClh]*?)Z?" ([^>]*)>/g)].map(([, points, style]) => ({ points: pointsOf(points), style }));
  const [failed] = paths.filter(({ style }) => style.includes('fill="#d55e00"')).map(({ points }) => points);
  const [opens] = paths.filter(({ style }) => style.includes('stroke="#5d3a9b"')).map(({ points }) => points);
  const [[opensAt]] = opens;
  const [top, bottom] = [Math.min(...opens.map(([, y]) => y)), Math.max(...failed.map(([, y]) => y))];
  expect(failed.some(([, y]) => y < bottom - 20)).toBe(true);
  // the line to the first that is raised begins at the opening too
  const first = failed.findIndex(([, y]) => y < bottom - 1);
  expect(failed[first - 1][0]).toBeGreaterThan(opensAt - 1);
  expect(failed.filter(([, y]) => y < top)).toEqual([]);
});

describe('several services', () => {
  const QUEUE = planOf('queue', [NIGHT.openings[0]], { fixedCeiling: 162, podCapacity: 200, guards: 2, startupMs: 60_000 });
  const files = { 'dist/queue.yaml': yamlOf(configMap(QUEUE), deployment('queue'), autoscaler('queue')) };

  test('are a table with one line a service', async () => {
    const { out } = await rehearse(['--compare', 'hpa-only', '--require', 'restarts==0'], files);
    expect(out.split('\n')[0]).toMatch(/^2 services rehearsed; worst is marathon\/queue: [\d.]+ % of its requests answered$/);
    expect(out).toMatch(/^service +event .*prewarmed +HPA only +required +verify says$/m);
    expect(out.split('\n').filter(line => line.startsWith('marathon/'))).toHaveLength(2);
    expect(out).toMatch(/^marathon\/registration .* 100 % .*108 of 108 ready$/m);
  });

  test('share their assumptions, and say from what to what they differ', async () => {
    const { out } = await rehearse(['--compare', 'none'], files);
    expect(out.match(/hpaSyncSeconds/g)).toHaveLength(1);
    expect(out.replace(/\s+/g, ' ')).toMatch(/startupSeconds 45 to 60 s/);
  });

  test('have the whole of one with --details', async () => {
    const { out } = await rehearse(['--compare', 'none', '--details', 'queue'], files);
    expect(out).toMatch(/^queue, seoul-marathon on Sat 2026-12-05 10:00 Asia\/Seoul: /m);
    expect(out).not.toMatch(/^registration, /m);
  });

  test('of which --details names none are listed', async () => {
    const { exitCode, err } = await rehearse(['--details', 'web'], files);
    expect(exitCode).toBe(2);
    expect(err).toContain("no service 'web' is rehearsed, of which --details could tell; there are marathon/queue, marathon/registration");
  });

  test('show on a terminal which is being rehearsed, and clear that line', async () => {
    const io = new FakeIo({ files: { ...FILES, ...files } });
    await cli.run(['rehearse', 'dist', '--compare', 'none'], io);
    expect(io.shown).toEqual(['rehearsing 1 of 2: marathon/queue', 'rehearsing 2 of 2: marathon/registration', '']);
  });

  test.each([80, 120])('fit %i columns', async columns => {
    const { out } = await prewarm(['rehearse', 'dist'], { files: { ...FILES, ...files }, columns });
    expect(Math.max(...out.split('\n').map(line => line.length))).toBeLessThanOrEqual(columns);
  });
});

describe('services that use others', () => {
  const PAYMENT = planOf('payment', [{ ...NIGHT.openings[0], demand: { requestsPerSecond: 600 }, floor: 8 }], {
    fixedCeiling: 162, podCapacity: 100, guards: 2, uses: [{ kind: 'requestsPerSecond', name: 'payment-provider', limit: 800, perRequest: 1 }],
  });
  const FRONT = { ...NIGHT, uses: [{ kind: 'service', name: 'payment', perRequest: 0.04 } as const, { kind: 'connections', name: 'tickets-db', limit: 1_000, perPod: 4 } as const] };
  const files = {
    'dist/night.yaml': yamlOf(configMap(FRONT), WORKLOAD, autoscaler('registration'), ...JOBS),
    'dist/payment.yaml': yamlOf(configMap(PAYMENT), deployment('payment'), autoscaler('payment')),
  };
  const scenario = { 'calm.yaml': 'traffic: [{ at: +0s, rps: 100 }, { at: +1m, rps: 3000 }]\nassume: { memoryPerRequestKiB: 0 }\nfrom: -5m\nuntil: +5m\nservices: { payment: { assume: { podRps: 400 } } }\n' };

  test('are one summary of the event, in call order, with the tightest moment of each', async () => {
    const { out } = await rehearse(['--compare', 'none', '--scenario', 'calm.yaml'], { ...files, ...scenario });
    const lines = out.split('\n');
    expect(lines[0]).toBe('seoul-marathon on Sat 2026-12-05 10:00 Asia/Seoul: 100 % of requests answered at the front door');
    const table = lines.slice(lines.findIndex(line => line.startsWith('in call order')), -1).slice(0, 5);
    expect(table.map(line => line.trimStart().split(' ')[0])).toEqual(['in', 'registration', 'payment', 'payment-provider', 'tickets-db']);
    expect(out).toMatch(/^ {4}payment-provider .* 600\/s +800\/s +75 %$/m);
    expect(lines.findIndex(line => line.startsWith('assumed'))).toBeLessThan(40);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(100);
  });

  test('say what broke first, when, and by how much it was short', async () => {
    const { out } = await rehearse(['--compare', 'none', '--scenario', 'calm.yaml', '--fault', 'connections-halved:tickets-db@-1m'], {
      ...files, 'calm.yaml': `${scenario['calm.yaml']}dependencies: { tickets-db: { limit: 200, serviceMillis: 200 } }\n`,
    });
    expect(out.replace(/\s+/g, ' ')).toContain('first to break: tickets-db, at 09:55 (-5m), short for 10m; at 10:01 600 connections were asked for, and 100 connections possible: 83.33 % short');
  });

  test('have a page that shows the chain, and the use of each station over time', async () => {
    const { written } = await rehearse(['--compare', 'none', '--scenario', 'calm.yaml', '--html', 'event.html'], { ...files, ...scenario });
    const page = written['event.html'];
    expect(page).toContain('prewarmed: 100 % of requests answered at the front door');
    const rows = [...page.matchAll(/<tr><td style="padding-left:(\d+)px">(?:&#8627; )?([^<]+)<\/td><td><svg class="use"/g)].map(([, indent, name]) => [Number(indent), name]);
    expect(rows).toEqual([[0, 'registration'], [22, 'payment'], [44, 'payment-provider'], [22, 'tickets-db']]);
    expect(page).not.toMatch(/(src|href)=|@import|url\(http/);
  });

  test('are one service with --service: what it calls is not played, what it uses is', async () => {
    const { out } = await rehearse(['--compare', 'none', '--scenario', 'calm.yaml', '--service', 'registration'], { ...files, ...scenario });
    expect(out).toMatch(/^ {2}tickets-db /m);
    expect(out).not.toMatch(/^ {2}payment /m);
    expect(out.replace(/\s+/g, ' ')).toContain("calls of registration to 'payment' are not played: it is not among what is rehearsed");
  });

  test('of a scenario that are not there, and figures that cannot be: exit code 2, and the place', async () => {
    const wrong = async (text: string) => (await rehearse(['--scenario', 's.yaml'], { ...files, 's.yaml': text })).err;
    expect(await wrong('services:\n  web: {}\n')).toContain("s.yaml:2:3: no service 'web' is rehearsed");
    expect(await wrong('dependencies:\n  tickets-db: { limit: 0 }\n')).toContain("s.yaml:2:17: 'dependencies.tickets-db.limit' must be a number above 0, got 0");
    expect(await wrong('dependencies:\n  tickets-db: { size: 3 }\n')).toContain("unknown field 'size'; a dependency has 'limit', 'serviceMillis', 'queue', 'callsPerRequest'");
    expect(await wrong('faults:\n  - dependency-slow:redis\n')).toContain("s.yaml:2:5: the fault 'dependency-slow' hits nothing: no service uses 'redis'");
  });
});
