import * as fc from 'fast-check';
import { causeOf, readinessOf } from '../../../src/core/plan/readiness';

const READY = pod({ conditions: [{ type: 'Ready', status: 'True' }] });
const OF_QUEUE = { metadata: { labels: { 'pod-template-hash': '7c4' }, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'queue-7c4', controller: true }] } };
const SCHEDULED = { type: 'PodScheduled', status: 'True' };

test('says how many are ready, how many are missing, and why', () => {
  expect(readinessOf({
    floor: 75,
    workload: { spec: { replicas: 75 } },
    pods: [
      ...times(61, READY),
      ...times(2, container({ waiting: { reason: 'CrashLoopBackOff' } }, { lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } })),
      ...times(9, unschedulable('0/12 nodes are available: 12 Insufficient cpu. preemption: 0/12 nodes are available: 12 No preemption victims found.')),
      ...times(3, container({ waiting: { reason: 'ContainerCreating' } })),
    ],
  }).text).toBe('61 of 75 ready, 14 missing: 9 unschedulable (insufficient cpu), 3 pulling image, 2 crash-looping (OOMKilled)');
});

test('says little when all is well', () => {
  expect(readinessOf({ floor: 2, pods: [READY, READY, READY] })).toEqual({ floor: 2, ready: 3, missing: 0, causes: [], text: '3 of 2 ready' });
});

test.each<[string, object]>([
  ['unschedulable (insufficient cpu, untolerated taint {a: b})', unschedulable('0/12 nodes are available: 3 node(s) had untolerated taint {a: b}, 9 Insufficient cpu. preemption: no.')],
  ["unschedulable (didn't match pod topology spread constraints)", unschedulable("0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints.")],
  ['unschedulable (Too many pods)', unschedulable('0/1 nodes are available: 1 Too many pods')],
  ['unschedulable (no nodes available to schedule pods)', unschedulable('no nodes available to schedule pods')],
  ['unschedulable (no reason given)', unschedulable(undefined)],
  ['held by a scheduling gate', pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] })],
  ['waiting for the scheduler', pod({ phase: 'Pending' })],
  ['starting', pod({ conditions: [SCHEDULED] })],
  ['pulling image', container({ waiting: { reason: 'ContainerCreating' } })],
  ['waiting for volumes or network', { status: { conditions: [SCHEDULED, { type: 'PodReadyToStartContainers', status: 'False' }], containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] } }],
  ['without image (ImagePullBackOff: shop/queue:2)', container({ waiting: { reason: 'ImagePullBackOff' } }, { image: 'shop/queue:2' })],
  ['without image (ErrImagePull: shop/queue:2)', container({ waiting: { reason: 'ErrImagePull' } }, { image: 'shop/queue:2' })],
  ['misconfigured (CreateContainerConfigError: secret "x" not found)', container({ waiting: { reason: 'CreateContainerConfigError', message: 'secret "x" not found' } })],
  ['crash-looping (Error)', container({ waiting: { reason: 'CrashLoopBackOff' } }, { lastState: { terminated: { reason: 'Error', exitCode: 1 } } })],
  ['crash-looping (OOMKilled)', container({ running: {} }, { restartCount: 2, started: false, lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } })],
  ['crash-looping (exit code 3)', container({ terminated: { exitCode: 3 } })],
  ['starting', container({ running: {} }, { started: false, restartCount: 0 })],
  ['not ready (readiness probe)', container({ running: {} }, { started: true, restartCount: 0 })],
  ['waiting for readiness gate target-health', { spec: { nodeName: 'a', readinessGates: [{ conditionType: 'target-health' }] }, status: { containerStatuses: [{ ready: true, state: { running: {} } }] } }],
  ['without image (ErrImagePull: init:1)', {
    spec: { nodeName: 'a' },
    status: {
      initContainerStatuses: [{ image: 'init:1', state: { waiting: { reason: 'ErrImagePull' } } }], containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    },
  }],
  ['starting', {
    spec: { nodeName: 'a' },
    status: {
      initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }], containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    },
  }],
  ['terminating', { metadata: { deletionTimestamp: 'now' } }],
])('a pod is %s', (cause, subject) => {
  expect(causeOf(subject)).toBe(cause);
});

test('a crash of one container outweighs the wait of another', () => {
  expect(causeOf({
    spec: { nodeName: 'a' },
    status: {
      containerStatuses: [
        { state: { running: {} }, started: true }, { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { reason: 'OOMKilled' } } },
      ],
    },
  })).toBe('crash-looping (OOMKilled)');
});

test.each<[string, object | undefined]>([
  ['3 not created (the workload does not exist)', undefined],
  ['3 not created (pods "x" is forbidden: exceeded quota)', {
    spec: { replicas: 5 }, status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'pods "x" is forbidden: exceeded quota' }] },
  }],
  ['3 not asked for (deployment queue stands at 2)', { kind: 'Deployment', metadata: { name: 'queue' }, spec: { replicas: 2 } }],
  ['3 not created yet', { spec: { replicas: 5 } }],
])('pods that do not exist are %s', (cause, workload) => {
  expect(readinessOf({ floor: 5, workload, pods: times(2, { ...READY, ...OF_QUEUE }) }).text).toBe(`2 of 5 ready, 3 missing: ${cause}`);
});

describe('of the pods that its selector matches', () => {
  const workload = { apiVersion: 'example.com/v1', kind: 'Fleet', metadata: { name: 'queue' }, status: { replicas: 3 } };
  const of = (kind: string, name: string) => ({ ...READY, metadata: { ownerReferences: [{ apiVersion: 'v1', kind, name, controller: true }] } });

  test('only those are counted that belong to the workload', () => {
    const pods = [...times(2, of('Fleet', 'queue')), ...times(5, of('Job', 'queue-load')), ...times(5, of('Fleet', 'queue-admin')), READY];
    expect(readinessOf({ floor: 5, workload, pods })).toMatchObject({ ready: 2 });
  });

  test('no more are counted than the workload has, by its /scale or by its status', () => {
    const pods = times(9, of('Fleet', 'queue'));
    expect(readinessOf({ floor: 5, workload, pods }).ready).toBe(3);
    expect(readinessOf({ floor: 5, workload, pods, size: 1 }).ready).toBe(1);
  });

  test('as many are Ready as the workload itself says, where it does', () => {
    const pods = times(9, of('Fleet', 'queue'));
    expect(readinessOf({ floor: 5, workload: { ...workload, status: { readyReplicas: 2 } }, pods }).ready).toBe(2);
    expect(readinessOf({ floor: 5, workload: { ...workload, apiVersion: 'apps/v1', status: {} }, pods }).ready).toBe(0);
  });
});

test('a pod that ends is neither ready nor a cause', () => {
  const ending = { ...READY, metadata: { deletionTimestamp: 'now' } };
  const evicted = pod({ phase: 'Failed', reason: 'Evicted' });
  expect(readinessOf({ floor: 2, workload: { spec: { replicas: 2 } }, pods: [READY, ending, evicted] }).text).toBe('1 of 2 ready, 1 missing: 1 not created yet');
});

test('causes always add up to what is missing, however many pods a rollout has', () => {
  const any = fc.constantFrom(READY, container({ running: {} }), unschedulable('x'), pod({ phase: 'Failed' }), { metadata: { deletionTimestamp: 'now' } });
  fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.array(any, { maxLength: 40 }), (floor, pods) => {
    const { ready, missing, causes } = readinessOf({ floor, workload: { spec: { replicas: floor } }, pods });
    expect(missing).toBe(Math.max(0, floor - ready));
    expect(causes.reduce((sum, { count }) => sum + count, 0)).toBe(missing);
    expect(causes.every(({ count }) => count > 0)).toBe(true);
  }), { seed: 20261122 });
});

test('no pod that Kubernetes could report makes it fail', () => {
  const state = fc.record({
    waiting: fc.record({ reason: fc.string() }), running: fc.constant({}), terminated: fc.record({ exitCode: fc.nat(255) }),
  }, { requiredKeys: [] });
  const anyPod = fc.record({
    spec: fc.record({ nodeName: fc.string() }, { requiredKeys: [] }),
    status: fc.record({
      conditions: fc.array(fc.record({
        type: fc.constantFrom('Ready', 'PodScheduled'), status: fc.constantFrom('True', 'False'), message: fc.string(),
      }, { requiredKeys: ['type', 'status'] })),
      containerStatuses: fc.array(fc.record({ state }, { requiredKeys: [] })),
    }, { requiredKeys: [] }),
  }, { requiredKeys: [] });
  fc.assert(fc.property(anyPod, subject => causeOf(subject).length > 0), { seed: 20261122 });
});

function pod(status: object): object {
  return { status };
}

function unschedulable(message: string | undefined): object {
  return pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] });
}

function container(state: object, more: object = {}): object {
  return { spec: { nodeName: 'a' }, status: { conditions: [SCHEDULED], containerStatuses: [{ state, ...more }] } };
}

function times(count: number, one: object): object[] {
  return Array.from({ length: count }, () => one);
}
