import { cronJob } from './services';
import { readyFactsOf } from '../../src/core/plan/ready-facts';
import { rehearsedServiceOf } from '../../src/rehearsal/from-objects';
import { readyNotesOf } from '../../src/rehearsal/ready-notes';
import { rehearse } from '../../src/rehearsal/rehearse';
import { Scenario } from '../../src/rehearsal/types';
import { HOUR, MINUTE, SECOND } from '../support/durations';
import { autoscaler, configMap, deployed, other } from '../support/objects';
import { openingAt, planOf } from '../support/plans';

const OPENING = '2026-12-05T10:00:00+09:00';

describe('a StatefulSet', () => {
  const spec = { serviceName: 'waiting-room' };

  test('starts its pods one after the other: 60 of a minute each are not Ready half an hour later', () => {
    const { prewarmed, notes } = play(statefulSet(spec), { leadMs: 45 * MINUTE });
    expect(notes).toContain("StatefulSet 'web' starts its pods one after the other (podManagementPolicy OrderedReady)");
    // 30 minutes of a minute and some seconds each
    const atReadyBy = prewarmed.series.ready[(at(OPENING) - 15 * MINUTE - prewarmed.series.from) / SECOND];
    expect(atReadyBy).toBeGreaterThan(2 + 24);
    expect(atReadyBy).toBeLessThan(2 + 30);
    expect(prewarmed.verify.ok).toBe(false);
  });

  test('is all there in time with a lead that is long enough', () => {
    expect(play(statefulSet(spec), { leadMs: 2 * HOUR }).prewarmed.verify.says).toBe('60 of 60 ready');
  });

  test('that is parallel starts them together', () => {
    const { prewarmed, notes } = play(statefulSet({ ...spec, podManagementPolicy: 'Parallel' }), { leadMs: 45 * MINUTE });
    expect(notes).toEqual([]);
    expect(prewarmed.verify.says).toBe('60 of 60 ready');
    expect(prewarmed.readyViolationSeconds).toBe(0);
  });

  test('that is known by name only is taken as ordered, and the note says how to tell otherwise', () => {
    const { prewarmed, notes } = play(undefined, { kind: 'StatefulSet', leadMs: 45 * MINUTE });
    expect(notes).toContain("StatefulSet 'web' is taken to start its pods one after the other, as a StatefulSet does by default; "
      + 'where its podManagementPolicy is Parallel, give its manifest too');
    expect(prewarmed.verify.ok).toBe(false);
  });

  test('goes down one pod after the other too', () => {
    const { series } = play(statefulSet(spec), { leadMs: 2 * HOUR }, { untilMs: 2 * HOUR + 10 * MINUTE }).prewarmed;
    const falls = series.pods.map((pods, i) => i === 0 ? 0 : series.pods[i - 1] - pods);
    expect(Math.max(...falls)).toBe(1);
  });

  test('waits for minReadySeconds between two pods', () => {
    const readyAt = (minReadySeconds: number) => {
      const { series } = play(statefulSet({ ...spec, minReadySeconds }), { leadMs: 2 * HOUR, floor: 12 }).prewarmed;
      return series.ready.findIndex(ready => ready === 12);
    };
    // ten pods, each of which waits for the one before it; the first waits for one that has been there for long
    expect(readyAt(20) - readyAt(0)).toBeCloseTo(9 * 20, -1.5);
  });

  test('is stopped by one pod that does not come up', () => {
    const probe = { livenessProbe: { periodSeconds: 10, failureThreshold: 3 }, readinessProbe: { periodSeconds: 5 } };
    const { prewarmed } = play(statefulSet(spec, probe), { leadMs: 2 * HOUR });
    expect(prewarmed.series.pods[prewarmed.series.pods.length - 1]).toBe(3);
    expect(prewarmed.verify.says).toContain('1 crash-looping (livenessProbe gives up after 30 s)');
  });

  test('is rolled out one pod at a time', () => {
    const { series } = play(statefulSet(spec), { leadMs: 2 * HOUR, floor: 6 }, { faults: [{ name: 'rollout' }] }).prewarmed;
    const from = (at(OPENING) - 5 * MINUTE - series.from) / SECOND;
    expect(Math.min(...series.ready.slice(from, from + 600))).toBe(5);
    expect(Math.max(...series.pods.slice(from, from + 600))).toBe(6);
  });
});

describe('a probe that gives up before the start is over', () => {
  const probes = { livenessProbe: { initialDelaySeconds: 5 }, readinessProbe: { initialDelaySeconds: 5 } };
  const sentence = 'the livenessProbe gives up 35 seconds after the start of a container, which takes 1 minute: the container is killed again and again; '
    + 'give the probe more time (failureThreshold, periodSeconds), or a startupProbe that has it';

  test('has all new pods crash-looping, and the result says why', () => {
    const { prewarmed, notes } = play(deployment({}, probes), {});
    expect(notes).toContain(sentence);
    expect(prewarmed.verify.says).toBe('2 of 60 ready, 58 missing: 58 crash-looping (livenessProbe gives up after 35 s)');
  });

  test('is none where the service starts faster, by its plan or by the scenario', () => {
    expect(play(deployment({}, probes), { startupMs: 3 * SECOND })).toMatchObject({ notes: [], prewarmed: { success: 1 } });
    expect(play(deployment({}, probes), {}, { assume: { startupSeconds: 3 } })).toMatchObject({ notes: [], prewarmed: { success: 1 } });
  });

  test('kills a pod without a readiness probe too, which is Ready at once', () => {
    const { prewarmed } = play(deployment({}, { livenessProbe: {} }), {});
    expect(prewarmed.restarts).toBeGreaterThan(58 * 5);
    expect(prewarmed.success).toBeLessThan(0.9);
  });
});

describe('pods that keep each other off their node', () => {
  const pod = {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' }],
      },
    },
  };

  test('need as many nodes as they are, and a note says so', () => {
    const { prewarmed, notes } = play(deployment({}, {}, pod), {});
    expect(notes).toContain("Deployment 'web' has one pod on a node, because of its required anti-affinity: as many nodes are needed as pods");
    expect(prewarmed.maxNodes).toBeGreaterThanOrEqual(60);
    expect(prewarmed.verify.says).toBe('60 of 60 ready');
  });

  test('are unschedulable where there are not so many', () => {
    const { prewarmed } = play(deployment({}, {}, pod), {}, { assume: { nodesMax: 20 } });
    expect(prewarmed.verify.says).toBe('20 of 60 ready, 40 missing: 40 unschedulable');
  });
});

describe('a rollout', () => {
  const rollout: Scenario = { faults: [{ name: 'rollout' }] };

  test('that recreates has no pod at all until the last old one is gone', () => {
    const { series } = play(deployment({ strategy: { type: 'Recreate' } }), {}, rollout).prewarmed;
    const from = (at(OPENING) - 5 * MINUTE - series.from) / SECOND;
    expect(series.pods.slice(from, from + 60)).toContain(0);
    // the old pods stop after 10 s
    expect(series.pods.slice(from + 5, from + 9)).toEqual([0, 0, 0, 0]);
  });

  test('of a paused Deployment replaces nothing, and the log says why', () => {
    const { prewarmed, notes } = play(deployment({ paused: true }), {}, rollout);
    expect(notes[0]).toContain("Deployment 'web' is paused: the fault 'rollout' replaces no pod");
    expect(prewarmed.log.map(({ says }) => says)).toContain('no pod of the workload is replaced: it is paused');
    expect(prewarmed.maxReplicas).toBe(60);
  });

  test('waits until new pods have been Ready for minReadySeconds', () => {
    const seconds = (minReadySeconds: number) => {
      const { series } = play(deployment({ minReadySeconds, strategy: { rollingUpdate: { maxSurge: 6, maxUnavailable: 0 } } }), {}, {
        ...rollout, untilMs: HOUR,
      }).prewarmed;
      const from = (at(OPENING) - 5 * MINUTE - series.from) / SECOND;
      return series.pods.map((pods, i) => i > from && pods > 60 ? 1 : 0).reduce((sum: number, one) => sum + one, 0);
    };
    // ten times six pods
    expect(seconds(30) - seconds(0)).toBeGreaterThan(9 * 30);
  });
});

test('how a kind replaces its pods that nobody reads is taken as usual, and the notes say so', () => {
  const facts = readyFactsOf('Pool', { spec: {} });
  const workload = { apiVersion: 'acme.example/v1', kind: 'Pool', name: 'web' };
  expect(readyNotesOf(facts, { workload }, true))
    .toEqual(["how Pool 'web' replaces its pods is not read: the fault 'rollout' takes them away and adds them by 25%"]);
  expect(readyNotesOf(facts, { workload }, false)).toEqual([]);
});

test('what is not played is said', () => {
  const { notes } = play(deployment({}, {}, {
    initContainers: [{ name: 'migrate' }],
    readinessGates: [{ conditionType: 'target-health.elbv2.k8s.aws/web' }],
    topologySpreadConstraints: [{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } }],
    nodeSelector: { disktype: 'ssd' },
    tolerations: [{ key: 'dedicated', operator: 'Exists' }],
  }), {});
  expect(notes).toEqual([
    "init containers of Deployment 'web' (migrate) are taken to end at once: count their time in 'startupTime'",
    "readiness gates of Deployment 'web' (target-health.elbv2.k8s.aws/web) are taken as open at once: put the time that their controller needs into 'startupTime'",
    "Deployment 'web' may be kept from nodes by topology.kubernetes.io/zone (maxSkew 1), which is not played: count the domains that you have",
    "Deployment 'web' needs nodes with disktype: 'nodesAtStart', 'nodesMax' and 'nodeProvisionSeconds' are taken as those of such nodes",
    "Deployment 'web' tolerates dedicated: whether its nodes are tainted so is not known, and not played",
  ]);
});

interface Wishes { kind?: string; leadMs?: number; floor?: number; startupMs?: number }

/** Somebody's workload behind an autoscaler, with a floor of 60 from two hours before the opening on. */
function play(workload: object | undefined, { kind, leadMs = 2 * HOUR, floor = 60, startupMs = MINUTE }: Wishes, scenario: Scenario = {}) {
  const reference = { apiVersion: 'apps/v1', kind: kind ?? (workload as any)?.kind ?? 'Deployment', name: 'web' };
  const plan = planOf('web', [openingAt('sale', OPENING, floor, { leadMs })], { startupMs, podCapacity: 100, workload: reference });
  const hpa = autoscaler('web', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }], maxReplicas: 10 });
  const { services } = deployed(configMap(plan), hpa, ...workload ? [workload] : []);
  const cronJobs = [cronJob('bump', '*/5 * * * *', { event: 'sale' })];
  return rehearse({ ...rehearsedServiceOf(services[0]), cronJobs }, { untilMs: 10 * MINUTE, ...scenario });
}

function deployment(spec: object, container: object = {}, pod: object = {}): object {
  return workloadOf('Deployment', spec, container, pod);
}

function statefulSet(spec: object, container: object = {}): object {
  return workloadOf('StatefulSet', spec, container, {});
}

function workloadOf(kind: string, spec: object, container: object, pod: object): object {
  const main = {
    name: 'app',
    image: 'registry.example.com/web:1',
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
    ...'livenessProbe' in container ? {} : { readinessProbe: { periodSeconds: 5 } },
    lifecycle: { preStop: { sleep: { seconds: 10 } } },
    ...container,
  };
  return other('apps/v1', kind, 'web', {
    spec: { ...spec, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [main], ...pod } } },
  });
}

function at(instant: string): number {
  return Date.parse(instant);
}
