import { HPA, MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';

const PLAN = planOf([opening('sale', { from: 60, at: 70, until: 80, readyBy: 69 }, 40, 60)]);

test('a seat belt that is used up in a window is a Warning, told once, and again at a higher ceiling', async () => {
  const stage = new Stage(PLAN);
  await stage.until(61);
  stage.start('guard');
  stage.start('guard');
  await stage.time.pass(2_000);
  const told = () => stage.cluster.events.filter(({ reason }) => reason === 'CeilingReached').map(({ type, message }) => `${type} ${message}`);
  stage.cluster.patch(WORKLOAD, 'kube-controller-manager', { replicas: 59 });
  await stage.time.pass(MINUTE);
  expect(told()).toEqual([]);
  for (const replicas of [60, 59, 60]) {
    stage.cluster.patch(WORKLOAD, 'kube-controller-manager', { replicas });
    await stage.time.pass(10_000);
  }
  const first = 'Warning all 60 pods that the ceiling allows are asked for; if the crowd still grows, raise floor and ceiling by an override';
  expect(told()).toEqual([first]);
  stage.override({ floor: '60', ceiling: '90', until: '2026-12-05T02:00:00Z' });
  await stage.time.pass(2_000);
  stage.cluster.patch(WORKLOAD, 'kube-controller-manager', { replicas: 90 });
  await stage.time.pass(2_000);
  expect(told()).toEqual([first, first.replace('60', '90')]);
  expect(stage.cluster.get(HPA).spec.maxReplicas).toBe(90);
});
