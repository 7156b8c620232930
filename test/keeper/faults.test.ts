import { Fault } from './fake-cluster';
import { HPA, MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';
import { JobRole } from '../../src/core/plan/names';
import { HttpRequest } from '../../src/keeper/http';

const SALE = opening('sale', { from: 60, at: 70, until: 75, readyBy: 69 }, 40, 60);
const PLAN = planOf([SALE]);

const PASSING: [string, Fault][] = [
  ['connection refused', { kind: 'refused' }],
  ['a reset before it acts', { kind: 'reset-before' }],
  ['a reset after it has acted', { kind: 'reset-after' }],
  ['a hang', { kind: 'hang' }],
  ['a slow drip', { kind: 'drip' }],
  ['a body cut short', { kind: 'truncated' }],
  ['a page that is no JSON', { kind: 'no-json' }],
  ['JSON that is no such object', { kind: 'wrong-shape' }],
  ['401', { kind: 'status', status: 401 }],
  ['429', { kind: 'status', status: 429 }],
  ['429 with Retry-After', { kind: 'status', status: 429, retryAfter: '2' }],
  ['500', { kind: 'status', status: 500 }],
  ['500 after it has acted', { kind: 'status', status: 500, acts: true }],
  ['503', { kind: 'status', status: 503 }],
  ['503 with Retry-After as a date', { kind: 'status', status: 503, retryAfter: 'Sat, 05 Dec 2026 01:01:02 GMT' }],
  ['504 after it has acted', { kind: 'status', status: 504, acts: true }],
];

const REFUSALS: [string, Fault][] = [
  ['400', { kind: 'status', status: 400 }],
  ['422', { kind: 'status', status: 422 }],
];

const isTarget = (request: HttpRequest) => request.path.includes('horizontalpodautoscalers');
const isOverride = (request: HttpRequest) => request.path.includes('queue-override');
const STEPS: [string, (request: HttpRequest) => boolean][] = [
  ['the read', request => request.method === 'GET' && isTarget(request) && !request.onLine],
  ['the write', request => request.method === 'PATCH' && isTarget(request)],
  ['the override', request => isOverride(request) && !request.onLine],
  ['everything', () => true],
];

/** A stage in the window, whose API server answers the first requests of a step wrongly. */
async function troubled(fault: Fault, isHit: (request: HttpRequest) => boolean, times: number): Promise<Stage> {
  const stage = new Stage(PLAN);
  await stage.until(61);
  let left = times;
  stage.cluster.fault = request => isHit(request) && left-- > 0 ? fault : undefined;
  return stage;
}

describe.each(STEPS)('in %s', (_, isHit) => {
  test.each(PASSING.flatMap(([name, fault]) => [1, 5].map((times): [number, string, Fault] => [times, name, fault])))(
    'a run survives %i times %s', async (times, __, fault) => {
      const stage = await troubled(fault, isHit, times);
      expect(await stage.run('drop')).toMatchObject({ exitCode: 0, floor: 40 });
      expect([stage.floor, stage.ceiling]).toEqual([40, 60]);
      // never a value between, and never twice
      expect(stage.cluster.writes.map(write => write.after.spec.minReplicas)).toEqual([40]);
    });
});

test.each<[string, Fault, string]>(PASSING.map(([name, fault]) => [name, fault, 'could not']))(
  'a run that meets nothing but %s gives up at its deadline with a sentence, and no wrong value', async (_, fault, sentence) => {
    const stage = await troubled(fault, isTarget, Infinity);
    const ending = await stage.run('drop');
    const isRight = stage.floor === 40;
    expect(ending).toMatchObject({ exitCode: 1, did: 'failed' });
    expect(ending.message).toMatch(new RegExp(`${sentence}|changed faster`));
    expect(isRight || stage.floor === 1).toBe(true);
    expect(stage.time.now()).toBeLessThan(61 * MINUTE + 5 * MINUTE);
  });

test.each(REFUSALS)('%s is answered at once, and fails with a sentence', async (_, fault) => {
  const stage = await troubled(fault, isTarget, Infinity);
  expect(await stage.run('drop')).toMatchObject({ exitCode: 1, did: 'failed' });
  expect(stage.time.now()).toBeLessThan(61 * MINUTE + 1_000);
  expect(stage.floor).toBe(1);
});

test.each<[string, Fault]>([
  ['403', { kind: 'status', status: 403, message: 'User "sa" cannot do resource "x"' }],
  ['404', { kind: 'status', status: 404 }],
])('%s is given a minute, and fails with a sentence', async (_, fault) => {
  const stage = await troubled(fault, isTarget, Infinity);
  expect(await stage.run('drop')).toMatchObject({ exitCode: 1, did: 'failed' });
  expect(stage.time.now()).toBeLessThan(62 * MINUTE + 10_000);
  expect(stage.floor).toBe(1);
});

test('Retry-After is waited for', async () => {
  const stage = await troubled({ kind: 'status', status: 429, retryAfter: '7' }, isTarget, 1);
  await stage.run('drop');
  expect(stage.time.now()).toBeGreaterThanOrEqual(61 * MINUTE + 7_000);
  expect(stage.time.now()).toBeLessThan(61 * MINUTE + 7_500);
});

test('a token that was rotated is read again', async () => {
  const stage = new Stage(PLAN);
  stage.cluster.token = 'token-2';
  const pod = stage.start('drop');
  await stage.time.pass(1_000);
  stage.token = 'token-2';
  expect(await stage.time.play(pod.ending)).toMatchObject({ exitCode: 0, floor: 2 });
});

test('a target that changes at each write is given up on, with a sentence', async () => {
  const stage = await troubled({ kind: 'status', status: 409 }, request => request.method === 'PATCH', Infinity);
  expect(await stage.run('drop')).toMatchObject({ exitCode: 1, message: expect.stringContaining('the target changed faster than it could be patched') });
});

describe.each<JobRole>(['arm', 'bump', 'drop'])('%s', role => {
  test.each(Array.from({ length: 30 }, (_, i): [number] => [i + 1]))('is right, or fails, under random faults (seed %i)', async seed => {
    const stage = new Stage(PLAN, seed);
    await stage.until(61);
    const random = mulberry(seed);
    const endOfTrouble = stage.time.now() + random() * 6 * MINUTE;
    stage.cluster.fault = () => stage.time.now() < endOfTrouble && random() < 0.6 ? PASSING[Math.floor(random() * PASSING.length)][1] : undefined;
    const pod = stage.start(role);
    const ending = await stage.time.play(pod.ending);
    const floors = stage.cluster.writes.map(write => write.after.spec.minReplicas);
    expect(floors.every(floor => floor === 40)).toBe(true);
    expect(ending.exitCode === 0 ? stage.floor : 40).toBe(40);
    expect(ending.message.split('\n')).toHaveLength(1);
    if (endOfTrouble < 61 * MINUTE + 3 * MINUTE && role !== 'arm') {
      expect(ending.exitCode).toBe(0);
    }
  });
});

test.each(Array.from({ length: 20 }, (_, i): [number] => [i + 1]))('two guards hold the floor through a bad window (seed %i)', async seed => {
  const stage = new Stage(PLAN, seed);
  await stage.until(58);
  const random = mulberry(seed * 7_919);
  stage.cluster.latencyMs = 50;
  stage.cluster.fault = request => {
    if (request.onLine) {
      return random() < 0.3 ? PASSING[Math.floor(random() * PASSING.length)][1] : undefined;
    }
    return random() < 0.4 ? PASSING[Math.floor(random() * PASSING.length)][1] : undefined;
  };
  const pods = [stage.start('guard'), stage.start('guard')];
  await stage.until(60.5);
  expect(stage.floor).toBe(40);
  for (let i = 0; i < 8; i++) {
    stage.cluster.endWatches();
    stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 + i });
    stage.cluster.patch(WORKLOAD, 'kubectl-scale', { replicas: i });
    await stage.time.pass(15_000 + random() * 10_000);
    expect([stage.floor, stage.cluster.get(WORKLOAD)!.spec.replicas]).toEqual([40, 40]);
  }
  const endings = await stage.time.play(Promise.all(pods.map(pod => pod.ending)));
  expect(endings.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(stage.floor).toBe(2);
}, 20_000);

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6D2B79F5) % 4_294_967_296;
    let t = Math.imul(state ^ state >>> 15, 1 | state); // eslint-disable-line no-bitwise
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t; // eslint-disable-line no-bitwise
    return ((t ^ t >>> 14) >>> 0) / 4_294_967_296; // eslint-disable-line no-bitwise
  };
}
