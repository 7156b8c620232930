import { CONFIG, MINUTE, Stage, opening, planOf } from './harness';
import { encodePlan } from '../../src/core/plan/document';
import { encodeRepaired } from '../../src/core/plan/repaired';
import { PACE } from '../../src/keeper/pace';
import { Ports, run } from '../../src/keeper/program';

const PLAN = planOf([opening('sale', { from: 60, at: 120, until: 180 }, 40, 60)]);

test('the last line of the log says when, who, what was done, and what it took', async () => {
  const { stage, out, err, call } = calling();
  expect(await call('drop')).toBe(0);
  expect(out).toEqual([{
    time: '2026-12-05T00:00:00.002Z',
    role: 'drop',
    service: 'queue',
    did: 'raised',
    message: 'floor 1 -> 2 for baseline',
    floor: 2,
    ceiling: 10,
    requests: stage.cluster.requests.length,
    ms: stage.time.now(),
  }]);
  expect(err).toEqual([]);
});

test('an event is named in each line', async () => {
  const { out, call } = calling();
  await call('verify', '--event', 'final');
  expect(out).toEqual([expect.objectContaining({ event: 'final', message: 'no opening of final is due, nothing to verify' })]);
});

test('of a failure the last sentence is the pod\'s termination message', async () => {
  const { stage, out, err, call } = calling();
  stage.cluster.fault = () => ({ kind: 'status', status: 422, message: 'no' });
  expect(await call('drop')).toBe(1);
  expect(err).toEqual(['could not get horizontalpodautoscalers/queue: 422 no']);
  expect(out).toEqual([expect.objectContaining({ did: 'failed', message: err[0] })]);
});

test.each([
  [90_000, "this node's clock is 89 s off the API server's, whose time is used"],
  [-90_000, "this node's clock is -90 s off the API server's, whose time is used"],
  [20_000, undefined],
])('a node whose clock is %i ms ahead is warned of, by what it is off at least: %s', async (ahead, warning) => {
  const { stage, out, call } = calling({ localTime: () => stage.now + ahead });
  await call('drop');
  expect(out[0].warning).toBe(warning);
});

test('called wrongly, it asks the API server nothing', async () => {
  const { stage, out, err, call } = calling();
  expect(await call('bump')).toBe(2);
  expect([out[0].message, ...err]).toEqual(Array(2).fill(
    'usage: keeper.js arm | bump --event ID | guard | verify --event ID | drop | repair'));
  expect(stage.cluster.requests).toEqual([]);
});

test('without a plan it says what to do', async () => {
  const { err, call } = calling({
    readPlan: () => {
      throw new Error('ENOENT: no such file');
    },
  });
  expect(await call('drop')).toBe(2);
  expect(err).toEqual(['cannot read the plan: ENOENT: no such file; deploy the chart again']);
});

test('follows the plan beside it, not the one of the cluster, where it runs once', async () => {
  const { stage, call } = calling();
  stage.cluster.remove(CONFIG);
  await stage.time.pass(61 * MINUTE);
  await call('drop');
  expect(stage.floor).toBe(40);
});

/** The program with a cluster of its own, and what it prints. */
function calling(own: Partial<Ports> = {}) {
  const stage = new Stage(PLAN);
  const out: any[] = [];
  const err: string[] = [];
  const ports: Ports = {
    readPlan: () => encodePlan(PLAN),
    readRepaired: () => encodeRepaired({ repair: 'queue-prewarm-repair', services: [{ name: 'queue' }] }),
    postTo: () => undefined,
    readNamespace: () => 'shop',
    readToken: () => stage.token,
    podName: 'keeper',
    send: async request => stage.cluster.send(request),
    timers: stage.time,
    localTime: () => stage.now,
    random: () => 0.5,
    pace: PACE,
    stop: new AbortController().signal,
    out: line => out.push(JSON.parse(line)),
    err: line => err.push(line),
    ...own,
  };
  return { stage, out, err, call: async (...args: string[]) => stage.time.play(run(args, ports)) };
}
