import { START, autoscaler, deployment } from './fake-cluster';
import { CONFIG, GUARDS, HPA, MINUTE, SECOND, Stage, opening, planOf } from './harness';
import { encodePlan } from '../../src/core/plan/document';
import { guardsAt } from '../../src/core/plan/guards';

const SALE = opening('sale', { from: 60, at: 70, until: 80, readyBy: 69 }, 40, 60);
const PLAN = planOf([SALE]);

/** How many the Deployment of the guards is asked for. */
const asked = (stage: Stage) => stage.cluster.get(GUARDS)?.spec.replicas;

async function at(minutes: number, plan = PLAN): Promise<Stage> {
  const stage = new Stage(plan);
  await stage.until(minutes);
  return stage;
}

describe('how many guards stand', () => {
  test.each([['bump', 61, 2], ['arm', 61, 2], ['drop', 61, 2], ['drop', 81, 0], ['drop', 81, 0], ['arm', 30, 0]] as const)(
    'after a run of %s at minute %i: %i', async (role, minutes, count) => {
      const stage = await at(minutes);
      expect(await stage.run(role)).toMatchObject({ exitCode: 0 });
      expect(asked(stage)).toBe(count);
    });

  test('follows from the windows of all events, from twelve minutes before them on', () => {
    const plan = planOf([SALE, opening('final', { from: 80, at: 85, until: 90 }, 50)]);
    expect([47.9, 48, 79, 80, 89.9, 90].map(minutes => guardsAt(plan, START + minutes * MINUTE))).toEqual([0, 2, 2, 2, 2, 0]);
    expect(guardsAt({ ...plan, guards: 0 }, START + 70 * MINUTE)).toBe(0);
  });

  test('a guard that is alone in a window, as after a deploy, calls the others', async () => {
    const stage = await at(61);
    stage.start('guard');
    await stage.time.pass(1_000);
    expect([stage.floor, asked(stage)]).toEqual([40, 2]);
  });

  test('a guard outside all windows has its Deployment stand at 0, and so is ended', async () => {
    const stage = await at(30);
    expect(await stage.run('guard')).toMatchObject({ exitCode: 0, floor: 2 });
    expect(asked(stage)).toBe(0);
  });

  test('a guard that nobody ends goes on looking, and guards when a plan brings a window', async () => {
    const stage = await at(30);
    stage.cluster.onScale = () => undefined;
    stage.start('guard');
    await stage.time.pass(10 * SECOND);
    stage.deployPlan(planOf([opening('sale', { from: 20, at: 40, until: 50 }, 30)]));
    await stage.time.pass(70 * SECOND);
    stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
    await stage.time.pass(100);
    expect(stage.floor).toBe(30);
  });

  test('a plan without guards asks for no Deployment', async () => {
    const stage = await at(61, { ...PLAN, guards: 0 });
    stage.cluster.remove(GUARDS);
    expect(await stage.run('bump')).toMatchObject({ exitCode: 0, floor: 40 });
  });

  test('a Deployment that is gone is missed in a window, and nowhere else', async () => {
    const stage = await at(81);
    stage.cluster.remove(GUARDS);
    expect(await stage.run('drop')).toMatchObject({ exitCode: 0 });
    const inWindow = await at(61);
    inWindow.cluster.remove(GUARDS);
    expect(await inWindow.run('drop')).toMatchObject({ exitCode: 1, message: expect.stringContaining('deployments/queue-prewarm-guards/scale is not in namespace shop') });
  });
});

describe('while a window holds the floor, bump', () => {
  test.each<[string, (stage: Stage) => void, (stage: Stage) => void]>([
    ['a right', stage => forbid(stage, 'horizontalpodautoscalers'), stage => { stage.cluster.fault = () => undefined; }],
    ['the right on the guards', stage => forbid(stage, 'queue-prewarm-guards'), stage => { stage.cluster.fault = () => undefined; }],
    ['the target', stage => stage.cluster.remove(HPA), stage => stage.cluster.create(HPA, autoscaler({ maxReplicas: 10 }))],
    ['the Deployment of the guards', stage => stage.cluster.remove(GUARDS), stage => stage.cluster.create(GUARDS, deployment(1))],
  ])('waits for %s that is missing, says so once, and is done within ten seconds after it is back', async (_, take, give) => {
    const stage = await at(61);
    take(stage);
    const pod = stage.start('bump');
    await stage.time.pass(7 * MINUTE);
    expect(pod.lines.map(({ did }) => did)).toEqual(['waiting']);
    give(stage);
    await stage.time.pass(10 * SECOND);
    expect([stage.floor, asked(stage)]).toEqual([40, 2]);
    expect(await stage.time.play(pod.ending)).toMatchObject({ exitCode: 0 });
  });

  test('goes by the plan that stands when it can act', async () => {
    const stage = await at(61);
    forbid(stage, 'horizontalpodautoscalers');
    stage.start('bump');
    await stage.time.pass(MINUTE);
    stage.deployPlan(planOf([opening('sale', { from: 60, at: 70, until: 80 }, 50)]));
    stage.cluster.fault = () => undefined;
    await stage.time.pass(10 * SECOND);
    expect(stage.floor).toBe(50);
  });

  test('ends once the window is over', async () => {
    const stage = await at(79);
    forbid(stage, 'horizontalpodautoscalers');
    expect(await stage.run('bump')).toMatchObject({ exitCode: 1, message: expect.stringMatching(/^may not get/) });
    expect(stage.now - SALE.windows[0].until).toBeLessThan(10 * SECOND);
  });

  test('ends after half a minute in which its token is refused, so that a pod with a new one comes', async () => {
    const stage = await at(61);
    stage.token = 'of an account that is gone';
    const began = stage.time.now();
    expect(await stage.run('bump')).toMatchObject({
      exitCode: 1, message: "could not get horizontalpodautoscalers/queue: the API server refuses the token of this pod's account (401 Unauthorized)",
    });
    expect(stage.time.now() - began).toBeGreaterThan(29 * SECOND);
    expect(stage.time.now() - began).toBeLessThan(45 * SECOND);
  });
});

test('outside all windows, bump ends on what is missing', async () => {
  const stage = await at(30);
  forbid(stage, 'horizontalpodautoscalers');
  expect(await stage.run('bump')).toMatchObject({ exitCode: 1 });
  expect(stage.now - START).toBeLessThan(30 * MINUTE + 10 * SECOND);
});

describe('a guard', () => {
  test('outlives ten minutes in which every token is refused, and is back within ten seconds', async () => {
    const stage = await at(61);
    stage.start('guard');
    await stage.time.pass(2 * SECOND);
    stage.cluster.fault = () => ({ kind: 'status', status: 401, message: 'Unauthorized' });
    stage.cluster.endWatches();
    await stage.time.pass(10 * MINUTE);
    stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
    stage.cluster.fault = () => undefined;
    await stage.time.pass(10 * SECOND);
    expect(stage.floor).toBe(40);
  });

  test('that starts while the target is missing waits for it', async () => {
    const stage = await at(61);
    stage.cluster.remove(HPA);
    stage.start('guard');
    await stage.time.pass(3 * MINUTE);
    stage.cluster.create(HPA, autoscaler({ maxReplicas: 10 }));
    await stage.time.pass(6 * SECOND);
    expect(stage.floor).toBe(40);
  });

  test('stays where its event is renamed in the middle of the window', async () => {
    const stage = await at(61);
    const pod = stage.start('guard');
    await stage.time.pass(2 * SECOND);
    stage.deployPlan(planOf([{ ...SALE, event: 'grand-sale' }]));
    await stage.time.pass(2 * SECOND);
    stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
    await stage.time.pass(100);
    expect(stage.floor).toBe(40);
    expect(pod.lines.map(({ did }) => did)).toEqual(['raised', 'scaled', 'raised']);
    expect(pod.lines[2].message).toContain('for grand-sale');
  });

  test('that meets a plan of a newer version ends as one that failed, and changes nothing', async () => {
    const stage = await at(61);
    const pod = stage.start('guard');
    await stage.time.pass(2 * SECOND);
    const written = stage.cluster.writes.length;
    const newer = encodePlan(planOf([])).replace('"version": 1', '"version": 2');
    stage.cluster.replace(CONFIG, { apiVersion: 'v1', kind: 'ConfigMap', data: { 'plan.json': newer } });
    expect(await stage.time.play(pod.ending)).toMatchObject({ exitCode: 1, message: expect.stringMatching(/^the plan has version 2/) });
    expect([stage.floor, asked(stage), stage.cluster.writes.length]).toEqual([40, 2, written]);
  });

  test('tells each time that the target is gone', async () => {
    const stage = await at(61);
    stage.start('guard');
    stage.start('guard');
    await stage.time.pass(2 * SECOND);
    for (let i = 0; i < 3; i++) {
      stage.cluster.remove(HPA);
      await stage.time.pass(5 * SECOND);
      stage.cluster.create(HPA, autoscaler({ maxReplicas: 10 }));
      await stage.time.pass(5 * SECOND);
    }
    expect(stage.cluster.events.filter(({ reason }) => reason === 'TargetMissing')).toHaveLength(3);
  });

  test.each<[string, (stage: Stage) => void]>([
    ['deleted', stage => stage.cluster.remove(CONFIG)],
    ['emptied', stage => stage.cluster.replace(CONFIG, { apiVersion: 'v1', kind: 'ConfigMap', data: {} })],
  ])('tells that the plan was %s, goes on by the last one, and follows the next', async (_, take) => {
    const stage = await at(61);
    stage.start('guard');
    await stage.time.pass(2 * SECOND);
    take(stage);
    stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
    await stage.time.pass(SECOND);
    expect(stage.floor).toBe(40);
    expect(stage.cluster.events.filter(({ reason }) => reason === 'PlanMissing')).toHaveLength(1);
    stage.deployPlan(planOf([opening('sale', { from: 60, at: 70, until: 80 }, 50)]));
    await stage.time.pass(30 * SECOND);
    expect(stage.floor).toBe(50);
  });
});

test('arm looks again: what a guard that knows another plan puts back is no success', async () => {
  const stage = await at(61);
  stage.start('guard');
  await stage.time.pass(2 * SECOND);
  // an old guard, whose watch of the plan is dead
  stage.cluster.deadWatches = true;
  stage.deployPlan(planOf([]));
  const { cluster } = stage;
  let undone = 0;
  const send = cluster.send.bind(cluster);
  Object.assign(cluster, {
    send: async (request: Parameters<typeof send>[0]) => {
      const answer = await send(request);
      if (request.method === 'PATCH' && request.path.includes('autoscalers') && !request.path.includes('dryRun') && undone++ < 2) {
        cluster.apply(HPA, 'cdk8s-prewarm-queue', { minReplicas: 40, maxReplicas: 60 });
      }
      return answer;
    },
  });
  expect(await stage.run('arm')).toMatchObject({ exitCode: 0, floor: 2 });
  expect(stage.floor).toBe(2);
});

function forbid(stage: Stage, part: string): void {
  stage.cluster.fault = request => request.path.includes(part)
    ? { kind: 'status', status: 403, message: `User "sa" cannot patch resource "${part}"` } : undefined;
}
