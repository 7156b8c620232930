import { eventually, onCluster, Result } from './support/cluster';
import { commandsFor, exampleIn, shellBlocks } from './support/documents';
import { manifestsIn } from './support/manifests';
import { Namespace } from './support/namespace';
import { shellWith } from './support/pipelines';
import { rulesOf, without } from './support/roles';
import { armed, foreignManifests } from './support/services';
import { EventScaleSchedule, EventScaleScheduleProps, ScheduleTarget } from 'cdk8s-prewarm';

onCluster('the manifests of the example', {}, () => {
  const namespace = Namespace.forGroup('accept');

  test('are accepted by strict validation, and an arm job raises each floor to its baseline within seconds', async () => {
    await namespace.apply(exampleIn(namespace), '--validate=strict');
    await armed(namespace);
    for (const autoscaler of await namespace.list('hpa', 'cdk8s-prewarm/service')) {
      const [arm] = await namespace.list('jobs', `cdk8s-prewarm/role=arm,cdk8s-prewarm/service=${autoscaler.metadata.name}`);
      const seconds = (Date.parse(arm.status.completionTime) - Date.parse(autoscaler.metadata.creationTimestamp)) / 1000;
      console.log(`${autoscaler.metadata.name}: floor ${autoscaler.spec.minReplicas}, ${seconds} s after its creation`);
      expect(autoscaler.spec.minReplicas).toBeGreaterThanOrEqual(2);
      expect(seconds).toBeLessThan(30);
    }
    // autoscalers look every 15 s; what follows would take that for a change of its own
    await eventually('pods are asked for', 60_000, async () => {
      const floors = new Map((await namespace.list('hpa')).map(({ metadata, spec }) => [metadata.name, spec.minReplicas]));
      // those of guards have no autoscaler
      const scaled = (await namespace.list('deployments')).filter(({ metadata }) => floors.has(metadata.name));
      return scaled.length === floors.size && scaled.every(({ metadata, spec }) => spec.replicas === floors.get(metadata.name));
    });
  });

  test.each([['client-side'], ['server-side', '--server-side']])('applied again unchanged, %s, they change nothing and run no arm job', async (_, ...flags) => {
    const arms = async () => (await namespace.list('pods', 'cdk8s-prewarm/role=arm')).map(({ metadata }) => metadata.uid).sort();
    const before = await arms();
    // the first server-side apply records its manager; what it finds is what it wants
    await namespace.apply(exampleIn(namespace), ...flags);
    const versions = await generations(namespace);
    const answer = await namespace.apply(exampleIn(namespace), '--validate=strict', ...flags);
    if (flags.length === 0) {
      expect(answer.split('\n').filter(line => line && !line.endsWith(' unchanged')
        // kubectl's own patch of a disruption budget's selector is never empty, and changes nothing
        && !line.startsWith('poddisruptionbudget'))).toEqual([]);
    }
    expect(await generations(namespace)).toEqual(versions);
    expect(await arms()).toEqual(before);
  });

  test('are deployed again as documented: the arm jobs are deleted, run and awaited', async () => {
    const before = (await namespace.list('jobs', 'cdk8s-prewarm/role=arm')).map(({ metadata }) => metadata.uid);
    const { code, stderr } = await documentedDeploy(namespace, exampleIn(namespace));
    expect(code === 0 ? '' : stderr).toBe('');
    const after = (await namespace.list('jobs', 'cdk8s-prewarm/role=arm')).map(({ metadata }) => metadata.uid);
    expect(after).toHaveLength(before.length);
    expect(after.filter(uid => before.includes(uid))).toEqual([]);
  });
});

onCluster('the documented deploy fails', {}, () => {
  const noImage = Namespace.forGroup('no-image');
  const noRight = Namespace.forGroup('no-right');
  const noTarget = Namespace.forGroup('no-target');

  test('when the keeper\'s image, a right or the target is missing', async () => {
    await Promise.all([noImage, noRight].map(namespace => namespace.apply(foreignManifests('shop', { ceiling: 10 }))));
    const results = await Promise.all([
      documentedDeploy(noImage, scheduleIn(noImage, { keeper: { image: 'registry.example.com/does-not-exist/node:22' } })),
      documentedDeploy(noRight, withoutFloorPatch(scheduleIn(noRight))),
      documentedDeploy(noTarget, scheduleIn(noTarget)),
    ]);
    expect(results.map(({ code }) => code)).toEqual([1, 1, 1]);
    const pods = await noImage.list('pods', 'cdk8s-prewarm/role=arm');
    expect(pods[0].status.containerStatuses[0].state.waiting.reason).toMatch(/ImagePull/);
    await eventually('the sentence about the right', 60_000, async () => /patch.*horizontalpodautoscalers/.test(await armLogs(noRight)));
    await eventually('the sentence about the target', 60_000, async () => /shop.*(not found|does not exist|no such)/i.test(await armLogs(noTarget)));
  });
});

function scheduleIn(namespace: Namespace, more: Partial<EventScaleScheduleProps> = {}): string {
  return manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'shop', {
    target: ScheduleTarget.fromAutoscalerName('shop'), baseline: { floor: 3, ceiling: 10 }, ...more,
  }));
}

function withoutFloorPatch(manifests: string): string {
  return without(manifests, rulesOf(manifests).findIndex(({ resources }) => resources.includes('horizontalpodautoscalers')), 'patch');
}

async function documentedDeploy(namespace: Namespace, manifests: string): Promise<Result> {
  const [commands] = shellBlocks('deploying.md', 'A pipeline with kubectl');
  return shellWith(manifests, `set -e\n${commandsFor(namespace, commands, 'FILE').replace(/ wait .*/, '$& --timeout 80s')}`);
}

async function armLogs(namespace: Namespace): Promise<string> {
  return (await namespace.tryKubectl(['logs', '-l', 'cdk8s-prewarm/role=arm', '--tail=-1'])).stdout;
}

/** What changes with each change of content, of all objects of ours. */
async function generations(namespace: Namespace): Promise<{ [name: string]: string }> {
  const kinds = 'configmaps,serviceaccounts,roles,rolebindings,cronjobs,jobs,deployments,services,horizontalpodautoscalers,poddisruptionbudgets';
  return Object.fromEntries((await namespace.list(kinds)).map(({ kind, metadata, data, rules, spec }) =>
    [`${kind}/${metadata.name}`, JSON.stringify({ uid: metadata.uid, generation: metadata.generation, data, rules, spec, labels: metadata.labels })]));
}
