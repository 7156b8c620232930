import { Duration } from 'cdk8s';
import { START } from './fake-cluster';
import { HPA, Stage, WORKLOAD } from './harness';
import { decodePlan } from '../../src/core/plan/document';
import { chartIn, find } from '../support/charts';
import { MINUTE } from '../support/durations';
import { CeilingPolicy, Demand, OpeningEvent, PrewarmedService } from 'cdk8s-prewarm';

/** From synth through the keeper: a service whose ceiling moves with each window, and whose manifest carries the highest. */
describe('a rendered target whose ceiling follows the event', () => {
  test('stands at the ceiling of the baseline once arm has run', async () => {
    const { stage, manifest } = deployed();
    expect([manifest.spec.maxReplicas, stage.ceiling]).toEqual([60, 60]);
    expect(await stage.run('arm')).toMatchObject({ exitCode: 0, floor: 2, ceiling: 10 });
  });

  test('has the ceiling of the window from the rise on, and that of the baseline after it', async () => {
    const { stage } = deployed();
    await stage.run('arm');
    await stage.until(61);
    expect(await stage.run('drop')).toMatchObject({ floor: 40, ceiling: 60 });
    await stage.until(181);
    expect(await stage.run('drop')).toMatchObject({ floor: 2, ceiling: 10 });
  });

  test('keeps its pods: the ceiling is lowered only once no more of them run', async () => {
    const { stage } = deployed();
    await stage.until(181);
    stage.cluster.replace(WORKLOAD, { spec: { replicas: 40 }, status: { replicas: 40 } });
    expect(await stage.run('drop')).toMatchObject({ floor: 2, ceiling: 60 });
    stage.cluster.replace(WORKLOAD, { spec: { replicas: 8 }, status: { replicas: 8 } });
    expect(await stage.run('drop')).toMatchObject({ floor: 2, ceiling: 10 });
  });

  test('is lowered by drop itself, which stays until no more pods run than it allows, and no longer than its Job', async () => {
    const { stage } = deployed();
    await stage.until(181);
    stage.cluster.replace(WORKLOAD, { spec: { replicas: 40 }, status: { replicas: 40 } });
    const pod = stage.start('drop');
    await stage.until(200);
    expect([stage.floor, stage.ceiling]).toEqual([2, 60]);
    stage.cluster.replace(WORKLOAD, { spec: { replicas: 8 }, status: { replicas: 8 } });
    expect(await stage.time.play(pod.ending)).toMatchObject({ exitCode: 0, did: 'lowered', floor: 2, ceiling: 10 });
    expect(stage.now).toBeLessThan(START + 200.5 * MINUTE);
    expect(stage.cluster.events.filter(({ reason }) => reason === 'CeilingWaits')).toHaveLength(1);

    const held = deployed().stage;
    await held.until(181);
    held.cluster.replace(WORKLOAD, { spec: { replicas: 40 }, status: { replicas: 40 } });
    expect(await held.run('drop')).toMatchObject({ exitCode: 0, ceiling: 60 });
    expect(held.now).toBeLessThan(START + 240 * MINUTE);
  });

  test.each<[string, (stage: Stage) => void]>([
    ['kubectl apply', stage => stage.cluster.patch(HPA, 'kubectl-client-side-apply', { maxReplicas: 60 })],
    ['a server-side apply with force', stage => stage.cluster.apply(HPA, 'kustomize-controller', { maxReplicas: 60 })],
  ])('comes down again after %s of the same manifest, outside of windows', async (_, reapply) => {
    const { stage } = deployed();
    await stage.run('arm');
    reapply(stage);
    expect(stage.ceiling).toBe(60);
    expect(await stage.run('drop')).toMatchObject({ exitCode: 0, did: 'lowered', ceiling: 10 });
  });

  test('is not changed by an apply of the same manifest within a window', async () => {
    const { stage } = deployed();
    await stage.until(61);
    await stage.run('drop');
    stage.cluster.apply(HPA, 'kustomize-controller', { maxReplicas: 60 });
    expect(await stage.run('drop')).toMatchObject({ did: 'unchanged', floor: 40, ceiling: 60 });
  });

  test('keeps a ceiling that a person has set to another number', async () => {
    const { stage } = deployed();
    await stage.run('arm');
    stage.cluster.patch(HPA, 'kubectl-edit', { maxReplicas: 90 });
    expect(await stage.run('drop')).toMatchObject({ ceiling: 90, findings: [expect.stringContaining('ceiling 90')] });
  });
});

/** An hour before the window, which lasts for two. */
function deployed() {
  const chart = chartIn();
  new PrewarmedService(chart, 'queue', {
    image: 'registry.example.com/queue:1',
    baseline: { floor: 2, ceiling: 10 },
    ceilingPolicy: CeilingPolicy.PER_WINDOW,
    events: [{
      event: OpeningEvent.once('sale', { at: new Date(START + 120 * MINUTE).toISOString(), lead: Duration.hours(1), hold: Duration.hours(1) }),
      demand: Demand.replicas(40),
    }],
  });
  const manifest = find(chart, 'HorizontalPodAutoscaler');
  const stage = new Stage(decodePlan(find(chart, 'ConfigMap', 'queue-prewarm').data['plan.json']));
  stage.cluster.patch(HPA, 'kubectl-client-side-apply', { maxReplicas: manifest.spec.maxReplicas });
  return { stage, manifest };
}
