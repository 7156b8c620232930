import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { eventually, kubectl, onCluster, SIMULATION_DIR } from './support/cluster';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { Rule, rulesOf, without } from './support/roles';
import { armed, eventFrom, foreignManifests } from './support/services';
import { Demand, EventScaleSchedule, ScheduleTarget } from 'cdk8s-prewarm';

const FAR = minuteAfter(24 * 3_600_000);

function scheduleIn(namespace: Namespace): string {
  return manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'shop', {
    target: ScheduleTarget.fromAutoscalerName('shop'),
    baseline: { floor: 3, ceiling: 10 },
    events: [{ event: eventFrom(FAR, { minutes: 5 }), demand: Demand.replicas(20) }],
    startupTime: Duration.seconds(5),
  }));
}

onCluster('the keeper\'s account', {}, () => {
  const namespace = Namespace.forGroup('rights');
  let granted: Rule[];

  beforeAll(async () => {
    await namespace.apply(foreignManifests('shop', { ceiling: 10 }));
    await namespace.apply(scheduleIn(namespace));
    await armed(namespace);
    granted = (await namespace.list('roles', 'cdk8s-prewarm/service=shop'))[0].rules;
  });

  test('is granted rights on named objects only, but for reading pods and writing Events', () => {
    const unnamed = granted.filter(rule => !rule.resourceNames).map(({ resources, verbs }) => `${verbs.join(',')} ${resources.join(',')}`).sort();
    expect(unnamed).toEqual(['create events', expect.stringMatching(/^(get,)?list(,watch)? (jobs,)?pods$/)]);
  });

  test('can do nothing but that, here or elsewhere', async () => {
    const [{ metadata }] = await namespace.list('serviceaccounts', 'cdk8s-prewarm/service=shop');
    const account = `system:serviceaccount:${namespace.name}:${metadata.name}`;
    const mine = await canI(account, namespace.name);
    const everybodys = await canI(`system:serviceaccount:${namespace.name}:default`, namespace.name);
    expect(mine.filter(line => !everybodys.includes(line)).sort()).toEqual(granted.flatMap(linesOf).sort());
    expect(await canI(account, 'default')).toEqual(await canI('system:serviceaccount:default:default', 'default'));
  });

  test('belongs to pods that the restricted standard admits, with a read-only root and no root user', async () => {
    for (const { metadata, spec } of await namespace.list('pods', 'cdk8s-prewarm/service=shop')) {
      const [container] = spec.containers;
      const { readOnlyRootFilesystem, runAsNonRoot } = { ...spec.securityContext, ...container.securityContext };
      expect([metadata.name, readOnlyRootFilesystem, runAsNonRoot]).toEqual([metadata.name, true, true]);
      expect(container.securityContext.runAsUser ?? spec.securityContext.runAsUser).toBeGreaterThan(0);
      expect(container.command ?? []).toEqual([]);
    }
  });
});

onCluster('each single right of the keeper', {}, () => {
  const created: Namespace[] = [];
  const all = Namespace.forGroup('all-rights');
  afterAll(() => Promise.all(created.map(namespace => namespace.delete())));

  test('is proven by the arm job, whose sentence names it when it is missing', async () => {
    const rules = rulesOf(scheduleIn(all));
    const single = rules.flatMap((rule, at) => rule.verbs.map(verb => ({ at, verb, resource: rule.resources[0], names: rule.resourceNames ?? [] })));
    const sentences = await Promise.all(single.map(async ({ at, verb, resource }, i) => {
      const namespace = Namespace.named(`${all.name}-${i}`);
      created.push(namespace);
      await namespace.create();
      await namespace.apply(foreignManifests('shop', { ceiling: 10 }));
      await namespace.apply(without(scheduleIn(namespace), at, verb));
      const said = await eventually(`the sentence about ${verb} ${resource}`, 150_000, async () => {
        const [job] = await namespace.list('jobs', 'cdk8s-prewarm/role=arm');
        const failed = job?.status.conditions?.some((condition: any) => condition.type === 'Failed' || condition.type === 'Complete');
        const logs = (await namespace.tryKubectl(['logs', '-l', 'cdk8s-prewarm/role=arm', '--tail=1'])).stdout;
        return (failed || (logs.includes(verb) && logs.includes(resource))) && { logs, done: job.status.succeeded === 1 };
      });
      return { right: `${verb} ${resource}`, ...said };
    }));
    console.log(sentences.map(({ right, logs, done }) => `without ${right}: ${done ? 'SUCCEEDED ' : ''}${logs.trim()}`).join('\n'));
    for (const { right, logs, done } of sentences) {
      const [verb, resource] = right.split(' ');
      expect([right, done]).toEqual([right, false]);
      expect(logs).toContain(verb);
      expect(logs).toContain(resource);
    }
  });
});

onCluster('a run of the keeper', { simulation: true }, () => {
  const namespace = Namespace.forGroup('requests');

  test('makes a handful of requests, and one write', async () => {
    await namespace.apply(foreignManifests('shop', { ceiling: 10 }));
    await namespace.apply(scheduleIn(namespace));
    await armed(namespace);
    const report: string[] = [];
    for (const [what, prepare] of [
      ['a repair with nothing to do', async () => {}],
      ['a repair that raises the floor', () => namespace.patch('hpa', 'shop', { spec: { minReplicas: 1 } })],
    ] as const) {
      await prepare();
      const job = `run-${report.length}`;
      await namespace.kubectl(['create', 'job', job, '--from=cronjob/shop-prewarm-repair']);
      await kubectl(['-n', namespace.name, 'wait', '--for=condition=complete', `job/${job}`, '--timeout=60s']);
      const pods = (await namespace.list('pods', `job-name=${job}`)).map(({ metadata }) => metadata.name);
      // the log is written behind the answers
      await eventually('the audit log', 10_000, async () => requestsOf(pods).length > 0);
      const requests = requestsOf(pods);
      report.push(`${what}: ${requests.join(', ')}`);
      expect(requests.filter(request => /^(patch|update) horizontalpodautoscalers/.test(request)).length).toBeLessThanOrEqual(1);
      expect(requests.length).toBeLessThanOrEqual(6);
    }
    console.log(report.join('\n'));
    expect(await namespace.floor('shop')).toBe(3);
  });

  function requestsOf(pods: readonly string[]): string[] {
    return readFileSync(join(SIMULATION_DIR!, 'audit.jsonl'), 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line))
      .filter(({ stage, user }) => (!stage || stage === 'ResponseComplete')
        && pods.includes(user?.extra?.['authentication.kubernetes.io/pod-name']?.[0]))
      .map(({ verb, objectRef, responseStatus }) => `${verb} ${objectRef?.resource}${objectRef?.subresource ? `/${objectRef.subresource}` : ''} ${responseStatus?.code ?? ''}`.trim());
  }
});

/** Lines of `kubectl auth can-i --list`, blanks made even. */
async function canI(account: string, namespace: string): Promise<string[]> {
  const text = await kubectl(['auth', 'can-i', '--list', '--no-headers', '--as', account, '-n', namespace]);
  return text.split('\n').filter(Boolean).map(line => line.replace(/\s+/g, ' ').trim());
}

/** How can-i writes a rule: one line for each resource and name. */
function linesOf({ apiGroups, resources, resourceNames, verbs }: Rule): string[] {
  return resources.map(resource => {
    const group = apiGroups[0] ? `.${apiGroups[0]}` : '';
    const [name, sub] = resource.split('/');
    return `${name}${group}${sub ? `/${sub}` : ''} [] [${(resourceNames ?? []).join(' ')}] [${verbs.join(' ')}]`;
  });
}
