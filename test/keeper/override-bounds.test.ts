import { START, configMap, deployment } from './fake-cluster';
import { HPA, MINUTE, OVERRIDE, Stage, WORKLOAD, opening, planOf } from './harness';
import { isoOf } from '../../src/core/time/instant';

const DAY = 24 * 60 * MINUTE;
const SALE = opening('sale', { from: 60, at: 120, until: 180, readyBy: 105 }, 6, 60);
const PLAN = planOf([SALE]);
const LATER = isoOf(START + 200 * MINUTE);

test('a floor of 100000 is ignored, and reported with the way to mean it', async () => {
  const stage = new Stage(PLAN);
  stage.override({ floor: '100000', until: LATER });
  await stage.until(61);
  await stage.run('bump');
  expect({ floor: stage.floor, ceiling: stage.ceiling }).toEqual({ floor: 6, ceiling: 60 });
  expect(stage.cluster.events).toContainEqual(expect.objectContaining({
    type: 'Warning',
    reason: 'OverrideIgnored',
    message: "'floor' of the override is 100000, more than 10 times the plan's highest ceiling (60); if that is meant, add confirm: \"100000\" to it; the plan is in force",
  }));
});

test('a guard follows it as soon as it is confirmed', async () => {
  const stage = new Stage(PLAN);
  await stage.until(61);
  const { stop, ending } = stage.start('guard');
  stage.override({ floor: '1000', until: LATER });
  await stage.until(62);
  expect(stage.floor).toBe(6);
  stage.override({ floor: '1000', until: LATER, confirm: '1000' });
  await stage.until(63);
  expect(stage.floor).toBe(1000);
  stop();
  await stage.time.play(ending);
});

test('an end that was too far ahead when it was written never comes into force by waiting', async () => {
  const stage = new Stage(PLAN);
  const until = START + 10 * DAY;
  stage.cluster.create(OVERRIDE, { ...configMap({ floor: '9', until: isoOf(until) }), metadata: { creationTimestamp: isoOf(START) } });
  for (const days of [0, 2, 4, 9]) {
    await stage.until(days * 24 * 60 + 1);
    await stage.run('drop');
    expect(stage.floor).toBe(2);
  }
});

test('verify says that an override asks for less, beside that all its pods are ready, and tells it in a Warning', async () => {
  const stage = new Stage(PLAN);
  stage.override({ floor: '2', until: LATER, reason: 'test' });
  stage.cluster.replace(WORKLOAD, deployment(2));
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  stage.cluster.pods = [{
    metadata: { labels: { 'cdk8s-prewarm/service': 'queue', 'cdk8s-prewarm/role': 'guard' } },
    status: { phase: 'Running', containerStatuses: [{ name: 'keeper', state: { running: {} } }] },
  }];
  await stage.until(106);
  const { lines, stop, ending } = stage.start('verify');
  await stage.until(107);
  stop();
  await stage.time.play(ending).catch(() => undefined);
  expect(lines.map(({ message }) => message)).toContainEqual(
    `all 2 ready for sale at 2026-12-05T02:00:00Z; override until ${LATER} (test) asks for floor 2, the plan for 6`);
  expect(stage.cluster.events).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'OverrideLowers' }));
});
