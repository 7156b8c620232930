import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Chart, Duration } from 'cdk8s';
import { MINUTE } from '../../support/durations';
import { eventually, onCluster, sleep } from '../support/cluster';
import { prewarm } from '../support/command-line';
import { manifestsIn, minuteAfter } from '../support/manifests';
import { Namespace } from '../support/namespace';
import { deliver } from '../support/pipelines';
import { armed, bump, eventFrom } from '../support/services';
import { Recorder } from '../support/watching';
import { Demand, EventScaleSchedule } from 'cdk8s-prewarm';

const BASELINE = 2;
const FLOOR = 6;
const PAGE = join(__dirname, '../../../docs/reference/targets.md');
const PART = /(<!-- matrix -->\n)[^]*?(<!-- matrix end -->)/;

/** A kind of target, as an app renders it. */
interface Kind {
  readonly title: string;
  readonly workload: 'Deployment' | 'StatefulSet';
  readonly policy?: 'Parallel' | 'OrderedReady';
  readonly isScaled?: boolean;
}

const KINDS: { readonly [name: string]: Kind } = {
  hpa: { title: 'HorizontalPodAutoscaler on a Deployment', workload: 'Deployment', isScaled: true },
  hpaparallel: { title: 'HorizontalPodAutoscaler on a StatefulSet, `Parallel`', workload: 'StatefulSet', policy: 'Parallel', isScaled: true },
  hpaordered: { title: 'HorizontalPodAutoscaler on a StatefulSet, `OrderedReady`', workload: 'StatefulSet', policy: 'OrderedReady', isScaled: true },
  alone: { title: 'Deployment', workload: 'Deployment' },
  aloneset: { title: 'StatefulSet', workload: 'StatefulSet', policy: 'Parallel' },
};

const REAPPLY = ['kubectl apply', 'kubectl apply --server-side', 'kubectl apply --server-side --force-conflicts', 'argo', 'argo --server-side', 'flux'];
const OPERATIONS = ['bump', ...REAPPLY.map(pipeline => `${pipeline} in the window`), 'target deleted and applied again', 'leave'];

onCluster('every kind of target', { tools: true }, () => {
  const names = Object.keys(KINDS);
  const namespaces = names.map(name => Namespace.forGroup(`matrix-${name}`));
  let lost: Promise<readonly (readonly string[])[]>;
  beforeAll(() => {
    lost = Promise.all(names.map((name, i) => tried(namespaces[i], name)));
    lost.catch(() => undefined);
  });

  test('loses no pod by any operation, as docs/reference/targets.md has it', async () => {
    const rows = await lost;
    const table = [['', ...names.map(name => KINDS[name].title)], names.concat('').map(() => '---'), ...OPERATIONS.map((operation, i) => [operation, ...rows.map(row => row[i])])]
      .map(cells => `| ${cells.join(' | ')} |`).join('\n');
    const page = readFileSync(PAGE, 'utf8');
    if (process.env.PREWARM_WRITE_DOCS) {
      writeFileSync(PAGE, page.replace(PART, `$1\n${table}\n\n$2`));
    } else {
      expect(page).toContain(table);
    }
    expect(rows.flat().filter(cell => !/^(0 lost|not tried)$/.test(cell))).toEqual([]);
  }, 600_000);
});

/** Pods lost by each operation, one after the other. */
async function tried(namespace: Namespace, name: string): Promise<readonly string[]> {
  const { isScaled, title } = KINDS[name];
  const manifests = manifestsIn(namespace.name, chart => serviceOf(chart, name));
  await namespace.apply(manifests);
  await armed(namespace);
  await eventually(`baseline of ${title}`, 120_000, async () => await namespace.readyPods(`app=${name}`) >= BASELINE);
  const pods = await Recorder.ofPods(namespace.name, `app=${name}`);
  const cells: string[] = [];
  const measure = async (operate: () => Promise<unknown>) => {
    const since = Date.now();
    await operate();
    await eventually(`${FLOOR} pods of ${title}`, 180_000, async () => await namespace.readyPods(`app=${name}`) === FLOOR);
    // an autoscaler looks every 15 s
    await sleep(isScaled ? 16_000 : 3_000);
    cells.push(`${pods.podsEnded(since).size} lost`);
  };
  try {
    await measure(() => bump(namespace, name));
    await eventually('a guard', 120_000, async () => await namespace.readyPods(`cdk8s-prewarm/service=${name},cdk8s-prewarm/role=guard`) > 0);
    for (const pipeline of REAPPLY) {
      await measure(() => deliver(pipeline, namespace, manifests));
    }
    if (isScaled) {
      await measure(async () => {
        await namespace.kubectl(['delete', 'hpa', name]);
        await namespace.apply(manifests, '--server-side', '--force-conflicts');
      });
    } else {
      // its pods go with it
      cells.push('not tried');
    }
    await measure(async () => {
      const { exitCode, err } = await prewarm(namespace, 'leave', name, '--floor', String(FLOOR));
      if (exitCode !== 0) {
        throw new Error(err);
      }
    });
    return cells;
  } finally {
    pods.stop();
  }
}

function serviceOf(chart: Chart, name: string): void {
  const { workload: kind, policy, isScaled } = KINDS[name];
  const securityContext = {
    runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' },
  };
  const containers = [{ name: 'main', image: `registry.example.com/${name}:1`, resources: { requests: { cpu: '100m' } }, securityContext }];
  const workload = new ApiObject(chart, 'Workload', {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      ...policy === undefined ? {} : { podManagementPolicy: policy, serviceName: name },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  });
  const target = isScaled ? new ApiObject(chart, 'Autoscaler', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind, name },
      maxReplicas: 20,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
      behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
    },
  }) : workload;
  new EventScaleSchedule(chart, name, {
    target,
    startupTime: Duration.seconds(5),
    baseline: { floor: BASELINE },
    events: [{ event: eventFrom(minuteAfter(-2 * MINUTE), { minutes: 30 }), demand: Demand.replicas(FLOOR) }],
  });
}
