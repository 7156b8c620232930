import { START, autoscaler } from './fake-cluster';
import { CONFIG, HPA, MANAGER, MINUTE, OVERRIDE, Stage, WORKLOAD, opening, planOf } from './harness';
import { encodePlan } from '../../src/core/plan/document';
import { heldSpan } from '../../src/core/plan/guards';

const SALE = opening('sale', { from: 60, at: 70, until: 80, readyBy: 69 }, 40, 60);
const PLAN = planOf([SALE]);

/** Two guards in the middle of the window. */
async function guarded(minutes = 61, plan = PLAN) {
  const stage = new Stage(plan);
  await stage.until(minutes);
  const pods = [stage.start('guard'), stage.start('guard')];
  await stage.time.pass(2_000);
  return { stage, pods, endings: async () => stage.time.play(Promise.all(pods.map(pod => pod.ending))) };
}

test('both guards end with the window, and leave the floor where drop would', async () => {
  const { stage, endings } = await guarded();
  expect([stage.floor, stage.ceiling]).toEqual([40, 60]);
  expect(await endings()).toEqual([expect.objectContaining({ exitCode: 0 }), expect.objectContaining({ exitCode: 0 })]);
  // 40 pods run still, so the ceiling waits for a run of repair
  expect([stage.floor, stage.ceiling]).toEqual([2, 60]);
  expect(stage.now - SALE.windows[0].until).toBeLessThan(1_500);
});

test.each<[string, (stage: Stage) => void]>([
  ['a patched floor', stage => stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 })],
  ['an applied floor', stage => stage.cluster.apply(HPA, 'kustomize-controller', { minReplicas: 2, maxReplicas: 60 })],
  ['an old manifest', stage => stage.cluster.patch(HPA, 'kubectl-replace', { minReplicas: 2, maxReplicas: 10 })],
  ['a lowered ceiling', stage => stage.cluster.patch(HPA, 'kubectl-edit', { maxReplicas: 45 })],
  ['a deleted and created autoscaler', stage => {
    stage.cluster.remove(HPA);
    stage.cluster.create(HPA, autoscaler({ maxReplicas: 10 }));
  }],
])('%s is back within a tenth of a second, told once', async (_, harm) => {
  const { stage } = await guarded();
  const [told, written] = [stage.cluster.events.length, stage.cluster.writes.length];
  harm(stage);
  await stage.time.pass(100);
  expect([stage.floor, stage.ceiling]).toEqual([40, 60]);
  expect(stage.cluster.writes.slice(written).filter(write => write.manager === MANAGER)).toHaveLength(1);
  await stage.time.pass(30_000);
  expect(stage.cluster.events.length - told).toBe(1);
});

test('a deleted autoscaler is waited for, and the floor set when it is back', async () => {
  const { stage } = await guarded();
  stage.cluster.remove(HPA);
  await stage.time.pass(5 * MINUTE);
  stage.cluster.create(HPA, autoscaler({ maxReplicas: 10 }));
  await stage.time.pass(100);
  expect(stage.floor).toBe(40);
  expect(stage.cluster.events.map(event => event.reason)).toContain('TargetMissing');
});

test.each([[5, 'Deployment queue 5 -> 40: that is below its floor'], [0, 'Deployment queue 0 -> 40: at 0 its autoscaler does nothing']])(
  'a workload scaled to %i is scaled back', async (replicas, why) => {
    const { stage } = await guarded();
    stage.cluster.patch(WORKLOAD, 'kubectl-scale', { replicas });
    await stage.time.pass(100);
    expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(40);
    expect(stage.cluster.events.map(event => event.message)).toContainEqual(expect.stringContaining(why));
  });

describe('who has scaled the workload is asked only where somebody has', () => {
  const toldOf = (stage: Stage) => stage.cluster.events.filter(({ reason }) => reason.startsWith('Workload')).map(({ type, reason }) => `${type} ${reason}`);

  test.each([undefined, 'kubectl-client-side-apply', 'kube-controller-manager'])('a planned rise says nothing alarming, over a size that is %s\'s', async hand => {
    const stage = new Stage(PLAN);
    if (hand) {
      stage.cluster.patch(WORKLOAD, hand, { replicas: 3 });
    }
    await stage.until(58);
    stage.start('guard');
    await stage.until(60.1);
    expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(40);
    expect(toldOf(stage)).toEqual(['Normal WorkloadRaised']);
  });

  test('a hand that scales it down once the floor is up is one', async () => {
    const { stage } = await guarded();
    stage.cluster.events.length = 0;
    stage.cluster.patch(WORKLOAD, 'kubectl-scale', { replicas: 5 });
    await stage.time.pass(100);
    expect(toldOf(stage)).toEqual(['Normal WorkloadScaled']);
  });
});

test('a workload that stands at 0 is left alone before the window begins', async () => {
  const stage = new Stage(PLAN);
  stage.cluster.patch(WORKLOAD, 'night-scaler', { replicas: 0 });
  await stage.until(57);
  stage.start('guard');
  await stage.until(59.9);
  expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(0);
  await stage.until(60.1);
  expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(40);
});

test('the workload is asked for at once, also where the watch tells of the raised floor before the answer to the write does', async () => {
  const stage = new Stage(PLAN);
  const send = stage.cluster.send.bind(stage.cluster);
  Object.assign(stage.cluster, {
    send: async (request: Parameters<typeof send>[0]) => {
      const answer = await send(request);
      if (request.method === 'PATCH' && request.path.includes('horizontalpodautoscalers')) {
        await stage.time.sleep(300);
      }
      return answer;
    },
  });
  await stage.until(57);
  stage.start('guard');
  await stage.until(60);
  await stage.time.pass(1_500);
  expect(stage.floor).toBe(40);
  expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(40);
});

test('a higher floor of another hand stays, is told once for each change, and is taken over when it is taken back', async () => {
  const { stage } = await guarded();
  const kept = () => stage.cluster.events.filter(event => event.reason === 'HigherFloorKept').length;
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 50 });
  await stage.time.pass(MINUTE);
  expect([stage.floor, kept()]).toEqual([50, 1]);
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 55 });
  await stage.time.pass(MINUTE);
  expect([stage.floor, kept()]).toEqual([55, 2]);
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 40 });
  await stage.until(81);
  expect(stage.floor).toBe(2);
});

test('a guard raises at the very millisecond at which a ramp steps, and falls at the one at which it ends', async () => {
  const from = START + 60 * MINUTE;
  const [full] = SALE.windows;
  const ramp = { ...SALE, windows: [{ ...full, from: from + 10 * MINUTE }, { ...full, from, floor: 20 }] };
  const { stage, endings } = await guarded(61, planOf([ramp]));
  expect(stage.floor).toBe(20);
  await endings();
  const moves = stage.cluster.writes.filter(write => write.manager === MANAGER && write.what === HPA)
    .map(write => [write.at - (from - START), write.after.spec.minReplicas]);
  const [raised, lowered] = moves.slice(-2);
  expect(raised[1]).toBe(40);
  expect(raised[0] - 10 * MINUTE).toBeGreaterThanOrEqual(0);
  expect(raised[0] - 10 * MINUTE).toBeLessThan(50);
  expect(lowered[1]).toBe(2);
  expect(lowered[0] - 20 * MINUTE).toBeGreaterThanOrEqual(0);
  expect(lowered[0] - 20 * MINUTE).toBeLessThan(50);
});

test.each([['lowered at the end', 80, 2], ['raised at a step', 70, 60]])(
  'what a guard whose clock is a little ahead has %s is not undone', async (_, edge, floor) => {
    const step = opening('final', { from: 70, at: 75, until: 80, readyBy: 74 }, 60, 60);
    const { stage } = await guarded(61, planOf([SALE, step]));
    await stage.until(edge - 0.3 / 60);
    stage.cluster.apply(HPA, MANAGER, { minReplicas: floor, maxReplicas: 60 });
    const before = stage.cluster.writes.length;
    await stage.time.pass(5_000);
    const floors = stage.cluster.writes.slice(before).filter(write => write.what === HPA).map(write => write.after.spec.minReplicas);
    expect(new Set([...floors, stage.floor])).toEqual(new Set([floor]));
  });

test('a change of the plan is followed at once, up and down', async () => {
  const { stage } = await guarded();
  for (const floor of [70, 30]) {
    stage.deployPlan(planOf([opening('sale', { from: 60, at: 70, until: 80 }, floor, 90)]));
    await stage.time.pass(100);
    expect(stage.floor).toBe(floor);
  }
});

test('an event taken out of the plan ends its guards, at the baseline', async () => {
  const { stage, endings } = await guarded();
  stage.deployPlan(planOf([]));
  expect(await endings()).toEqual([expect.objectContaining({ exitCode: 0 }), expect.objectContaining({ exitCode: 0 })]);
  expect(stage.floor).toBe(2);
  expect(stage.now).toBeLessThan(START + 62 * MINUTE);
});

test('a plan that cannot be read is told, and the one before it stays in force', async () => {
  const { stage, pods } = await guarded();
  stage.cluster.replace(CONFIG, { apiVersion: 'v1', kind: 'ConfigMap', data: { 'plan.json': encodePlan(PLAN).replace('"version": 1', '"version": 0') } });
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  await stage.time.pass(200);
  expect(stage.floor).toBe(40);
  expect(pods[0].lines.map(line => line.message)).toContainEqual(expect.stringContaining('the plan has version 0'));
});

test('an override is followed at once, and its end at once', async () => {
  const { stage } = await guarded();
  stage.override({ floor: '90', until: '2026-12-05T01:10:00Z' });
  await stage.time.pass(100);
  expect([stage.floor, stage.ceiling]).toEqual([90, 90]);
  await stage.until(69.99);
  expect(stage.floor).toBe(90);
  await stage.until(70.01);
  expect(stage.floor).toBe(40);
  stage.override({ floor: '10', until: '2026-12-05T01:19:00Z' });
  await stage.time.pass(100);
  expect(stage.floor).toBe(10);
  stage.cluster.remove(OVERRIDE);
  await stage.time.pass(100);
  expect(stage.floor).toBe(40);
});

test('a guard that starts under an override never writes anything else', async () => {
  const stage = new Stage(PLAN);
  stage.override({ floor: '90', until: '2026-12-05T01:10:00Z' });
  await stage.until(61);
  stage.start('guard');
  await stage.time.pass(2_000);
  expect(stage.cluster.writes.filter(write => write.what === HPA).map(write => write.after?.spec.minReplicas)).toEqual([90]);
});

test('another event that still holds the floor keeps it at the end of this one', async () => {
  const { stage } = await guarded(61, planOf([SALE, opening('final', { from: 75, at: 200, until: 300 }, 30)]));
  await stage.until(81);
  expect(stage.floor).toBe(30);
});

test('a watch that is silently dead is made up for within seconds', async () => {
  const { stage } = await guarded();
  stage.cluster.deadWatches = true;
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  stage.cluster.patch(WORKLOAD, 'kubectl-scale', { replicas: 3 });
  await stage.time.pass(6_000);
  expect([stage.floor, stage.cluster.get(WORKLOAD)!.spec.replicas]).toEqual([40, 40]);
});

test('watches that end, and versions that are too old, lose no change', async () => {
  const { stage } = await guarded();
  for (let i = 0; i < 20; i++) {
    stage.cluster.endWatches();
    if (i % 2) {
      stage.cluster.compact();
    }
    stage.cluster.patch(HPA, `hand-${i}`, { minReplicas: 2 });
    await stage.time.pass(400);
    expect(stage.floor).toBe(40);
  }
});

test.each([403, 410, 429, 503])('watches that are answered with %i are asked for again with a pause between, and no change is lost', async status => {
  const { stage } = await guarded();
  stage.cluster.fault = ({ onLine }) => onLine ? { kind: 'status', status } : undefined;
  stage.cluster.endWatches();
  const asked = () => stage.cluster.requests.filter(({ path }) => path.includes('watch=true')).length;
  const before = asked();
  await stage.time.pass(10_000);
  // two guards with four watches each, and two seconds at most between tries
  expect((asked() - before) / 10 / 2).toBeLessThan(5);
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  await stage.time.pass(6_000);
  expect(stage.floor).toBe(40);
});

test('a fight with another controller is kept up at a pace that the API server bears', async () => {
  const { stage } = await guarded();
  const before = stage.cluster.requests.length;
  const send = stage.cluster.send.bind(stage.cluster);
  Object.assign(stage.cluster, {
    send: async (request: Parameters<typeof send>[0]) => {
      const answer = await send(request);
      if (request.method === 'PATCH' && answer.status === 200) {
        stage.cluster.patch(HPA, 'rival', { minReplicas: 2 });
      }
      return answer;
    },
  });
  stage.cluster.patch(HPA, 'rival', { minReplicas: 2 });
  await stage.time.pass(20_000);
  // two guards, each about a write a second, a read after each conflict
  expect(stage.cluster.requests.length - before).toBeLessThan(20 * 2 * 4);
  expect(stage.cluster.events.length).toBeLessThan(15);
});

test('told to stop, a guard ends at once and says that it is not done', async () => {
  const { stage, pods } = await guarded();
  pods[0].stop();
  expect(await stage.time.play(pods[0].ending)).toMatchObject({ exitCode: 0, message: 'told to stop' });
  expect(stage.now).toBeLessThan(START + 61 * MINUTE + 2_500);
});

test('a right that is missing in the window is reported, and made up for when it is back', async () => {
  const { stage, pods } = await guarded();
  stage.cluster.fault = request => request.method === 'PATCH'
    ? { kind: 'status', status: 403, message: 'cannot patch resource "horizontalpodautoscalers"' } : undefined;
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  await stage.time.pass(10_000);
  expect(stage.floor).toBe(2);
  expect(pods[0].lines.filter(line => line.message.startsWith('may not patch'))).toHaveLength(1);
  stage.cluster.fault = () => undefined;
  await stage.time.pass(3_000);
  expect(stage.floor).toBe(40);
});

test('without guards bump raises once, and again at an edge that is near', async () => {
  const stage = new Stage(PLAN);
  await stage.until(56);
  expect(await stage.run('bump')).toMatchObject({ exitCode: 0, did: 'raised', floor: 40 });
  expect(stage.now - SALE.windows[0].from).toBeLessThan(1_500);
});

test('a bump of an event that has no window now applies the plan and ends', async () => {
  const stage = new Stage(PLAN);
  expect(await stage.run('bump')).toMatchObject({ exitCode: 0, floor: 2 });
});

test('windows that touch are one stretch, whichever event they belong to', () => {
  const plan = planOf([opening('sale', { from: 0, at: 5, until: 10 }, 4), opening('final', { from: 10, at: 15, until: 20 }, 8), opening('sale', { from: 30, at: 35, until: 40 }, 8)]);
  expect(heldSpan(plan, START)).toEqual({ from: START, until: START + 20 * MINUTE });
  expect(heldSpan(plan, START + 20 * MINUTE)).toBeUndefined();
  expect(heldSpan(plan, START + 25 * MINUTE - 1)).toBeUndefined();
  expect(heldSpan(plan, START + 25 * MINUTE)).toEqual({ from: START + 30 * MINUTE, until: START + 40 * MINUTE });
});
