import * as fc from 'fast-check';
import {
  ParsedContainer, ParsedPod, containersIn, measuredRequestOf, podLimitOf, podRequestOf, probesOf, runningContainersOf, servedPortsOf,
  servingContainerOf, unmeasuredContainersOf,
} from '../../../src/core/plan/pod-shape';

const MIB = 2 ** 20;

describe('what one pod asks for', () => {
  test('is what its containers ask for together, and a limit without a request is the request', () => {
    const pod = { containers: [asking('500m'), { resources: { limits: { cpu: '1' } } }, {}] };
    expect(podRequestOf(pod, 'cpu')).toBe(1.5);
  });

  test('is nothing where no container asks', () => {
    expect(podRequestOf({ containers: [{}] }, 'cpu')).toBeUndefined();
  });

  test('counts a sidecar as a container, wherever it stands', () => {
    expect(podRequestOf({ containers: [asking('500m')], initContainers: [sidecar('100m')] }, 'cpu')).toBe(0.6);
  });

  test('is at least what an init container needs beside the sidecars that started before it', () => {
    const [first, last] = [sidecar('100m'), sidecar('200m')];
    expect(podRequestOf({ containers: [asking('500m')], initContainers: [first, asking('2'), last] }, 'cpu')).toBe(2.1);
    expect(podRequestOf({ containers: [asking('500m')], initContainers: [asking('200m')] }, 'cpu')).toBe(0.5);
  });

  test('is what the pod asks for as a whole, whatever its containers say', () => {
    expect(podRequestOf({ containers: [asking('500m')], resources: { requests: { cpu: '2' } } }, 'cpu')).toBe(2);
  });

  test('is the containers\' sum where the pod as a whole has only a limit, and that limit where they ask for nothing', () => {
    expect(podRequestOf({ containers: [asking('500m')], resources: { limits: { cpu: '2' } } }, 'cpu')).toBe(0.5);
    expect(podRequestOf({ containers: [{}], resources: { limits: { cpu: '2' } } }, 'cpu')).toBe(2);
  });

  test('has the overhead of its runtime class on top', () => {
    expect(podRequestOf({ containers: [asking('500m')], overhead: { cpu: '250m' } }, 'cpu')).toBe(0.75);
    expect(podLimitOf({ containers: [{ resources: { limits: { memory: '1Gi' } } }], overhead: { memory: '64Mi' } }, 'memory')).toBe(1088 * MIB);
  });
});

test('a pod without a limit has no overhead of it', () => {
  expect(podLimitOf({ containers: [asking('500m')], overhead: { cpu: '250m' } }, 'cpu')).toBeUndefined();
});

test('the limit of a pod as a whole goes before those of its containers', () => {
  expect(podLimitOf({ containers: [{ resources: { limits: { cpu: '1' } } }], resources: { limits: { cpu: '3' } } }, 'cpu')).toBe(3);
});

describe('what an autoscaler measures against', () => {
  test('is the sum over containers and sidecars, not what starting needs', () => {
    expect(measuredRequestOf({ containers: [asking('500m')], initContainers: [sidecar('100m'), asking('2')] }, 'cpu')).toBe(0.6);
  });

  test('is nothing where one of them asks for nothing, and that one is named', () => {
    const pod = { containers: [asking('500m'), { name: 'log' }] };
    expect(measuredRequestOf(pod, 'cpu')).toBeUndefined();
    expect(unmeasuredContainersOf(pod, 'cpu')).toEqual([{ name: 'log' }]);
  });

  test('is what one container asks for where the metric names it', () => {
    const pod = { containers: [{ ...asking('500m'), name: 'web' }, { name: 'log' }] };
    expect(measuredRequestOf(pod, 'cpu', 'web')).toBe(0.5);
    expect(unmeasuredContainersOf(pod, 'cpu', 'web')).toEqual([]);
    expect(unmeasuredContainersOf(pod, 'cpu', 'log')).toEqual([{ name: 'log' }]);
  });

  test('is nothing where the metric names a container that is not there', () => {
    expect(measuredRequestOf({ containers: [asking('500m')] }, 'cpu', 'web')).toBeUndefined();
  });

  test('is what the pod asks for as a whole, also where a container asks for nothing', () => {
    const pod = { containers: [asking('500m'), {}], resources: { requests: { cpu: '2' } } };
    expect(measuredRequestOf(pod, 'cpu')).toBe(2);
    expect(unmeasuredContainersOf(pod, 'cpu')).toEqual([]);
  });

  test('is the containers\' sum, those that ask, where the pod as a whole asks for another resource', () => {
    expect(measuredRequestOf({ containers: [asking('500m'), {}], resources: { requests: { memory: '1Gi' } } }, 'cpu')).toBe(0.5);
  });
});

test('what is no list of containers has none', () => {
  expect([undefined, null, 'web', { name: 'web' }].map(containersIn)).toEqual([[], [], [], []]);
  expect(containersIn([null, { name: 'web' }])).toEqual([{ name: 'web' }]);
});

test('sidecars run while a pod serves, other init containers do not', () => {
  expect(runningContainersOf({ containers: [{ name: 'web' }], initContainers: [{ name: 'migrate' }, { name: 'mesh', restartPolicy: 'Always' }] })
    .map(({ name }) => name)).toEqual(['web', 'mesh']);
});

describe('the container that does the work', () => {
  const mesh = { name: 'istio-proxy', ports: [{ name: 'http-envoy', containerPort: 15090 }] };
  const web = { name: 'web', ports: [{ name: 'http', containerPort: 8080 }] };
  type Annotations = { readonly [name: string]: string };
  const nameOf = (containers: readonly ParsedContainer[], annotations?: Annotations, ports: readonly (number | string)[] = []) =>
    servingContainerOf({ metadata: { annotations }, spec: { containers } }, ports)?.name;

  test('is the one that the annotation names', () => {
    expect(nameOf([mesh, web, { name: 'api' }], { 'kubectl.kubernetes.io/default-container': 'api' }, [8080])).toBe('api');
  });

  test('is not looked for where the annotation names none that is there', () => {
    expect(nameOf([mesh, web], { 'kubectl.kubernetes.io/default-container': 'gone' })).toBe('web');
  });

  test.each([[8080], ['http']])('is the one with the port of the Service, %p', port => {
    expect(nameOf([{ name: 'helper' }, web], undefined, [port])).toBe('web');
  });

  test('is the first that is no known sidecar', () => {
    expect(nameOf([mesh, { name: 'fluent-bit' }, web])).toBe('web');
  });

  test('is the first where all are known sidecars', () => {
    expect(nameOf([mesh, { name: 'fluent-bit' }])).toBe('istio-proxy');
  });

  test('is not there where no container is', () => {
    expect(servingContainerOf({}, [])).toBeUndefined();
  });
});

test('a Service serves the ports of the pods that its selector matches, by its own port where it names no other', () => {
  const template = { metadata: { labels: { app: 'web', tier: 'front' } } };
  expect(servedPortsOf(template, [
    { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }, { port: 443, targetPort: 'https' }] },
    { selector: { app: 'web', tier: 'front' }, ports: [{ port: 9090 }] },
    { selector: { app: 'other' }, ports: [{ port: 1 }] },
    { ports: [{ port: 2 }] },
  ])).toEqual([8080, 'https', 9090]);
});

test('a probe has the API server\'s defaults, also for a 0', () => {
  expect(probesOf({ readinessProbe: {}, livenessProbe: { initialDelaySeconds: 5, periodSeconds: 0, failureThreshold: 2 } })).toEqual({
    readinessProbe: { initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3, successThreshold: 1 },
    livenessProbe: { initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 2, successThreshold: 1 },
  });
});

// ---- against upstream's formula, written down as it stands there: lists of resources, one step after the other

const millis = fc.option(fc.integer({ min: 0, max: 4000 }), { nil: undefined });
const resources = fc.record({ requests: fc.record({ cpu: millis, memory: millis }), limits: fc.record({ cpu: millis, memory: millis }) });
const container = fc.record({ resources, isSidecar: fc.boolean(), name: fc.constantFrom('web', 'proxy', 'log') });
const pods = fc.record({
  containers: fc.array(container, { maxLength: 3 }),
  initContainers: fc.array(container, { maxLength: 3 }),
  whole: fc.option(resources, { nil: undefined }),
  overhead: fc.record({ cpu: millis, memory: millis }),
});

type Amounts = { [resource: string]: number | undefined };
interface Resources { readonly requests: Amounts; readonly limits: Amounts }
interface Container { readonly name: string; readonly isSidecar: boolean; readonly resources: Resources }
interface Pod {
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  readonly whole?: Resources;
  readonly overhead: Amounts;
}

test('requests and limits of a pod are those of upstream\'s formula', () => {
  fc.assert(fc.property(pods, pod => {
    for (const resource of ['cpu', 'memory'] as const) {
      expect(inMillis(podRequestOf(rendered(pod), resource))).toBe(podRequests(admitted(pod))[resource]);
      expect(inMillis(podLimitOf(rendered(pod), resource))).toBe(podLimits(admitted(pod))[resource]);
    }
  }), { seed: 20261205, numRuns: 1_000 });
});

test('what an autoscaler measures against is upstream\'s', () => {
  fc.assert(fc.property(pods, fc.constantFrom('', 'web'), fc.constantFrom('cpu', 'memory'), (pod, named, resource) => {
    expect(inMillis(measuredRequestOf(rendered(pod), resource as 'cpu', named || undefined))).toBe(calculateRequest(admitted(pod), named, resource));
  }), { seed: 20261205, numRuns: 1_000 });
});

/** SetDefaults_Pod: requests out of limits, of each container and of the pod as a whole. */
function admitted(pod: Pod): Pod {
  const withRequests = (each: Container) => {
    const { requests, limits } = each.resources;
    return { ...each, resources: { limits, requests: { ...present(limits), ...present(requests) } } };
  };
  const defaulted = { ...pod, containers: pod.containers.map(withRequests), initContainers: pod.initContainers.map(withRequests) };
  if (!pod.whole || Object.keys(present(pod.whole.limits)).length === 0) {
    return defaulted;
  }
  const requests = { ...present(pod.whole.limits), ...aggregate(defaulted, each => each.resources.requests), ...present(pod.whole.requests) };
  return { ...defaulted, whole: { ...pod.whole, requests } };
}

function podRequests(pod: Pod): Amounts {
  const sum = { ...aggregate(pod, each => each.resources.requests), ...present(pod.whole?.requests) };
  add(sum, pod.overhead);
  return sum;
}

function podLimits(pod: Pod): Amounts {
  const sum = { ...aggregate(pod, each => each.resources.limits), ...present(pod.whole?.limits) };
  Object.entries(present(pod.overhead)).forEach(([name, amount]) => {
    if (sum[name]) {
      add(sum, { [name]: amount });
    }
  });
  return sum;
}

function calculateRequest(pod: Pod, named: string, resource: string): number | undefined {
  if (named === '' && Object.keys(present(pod.whole?.requests)).length > 0) {
    return podRequests(pod)[resource];
  }
  const all = [...pod.containers, ...pod.initContainers.filter(({ isSidecar }) => isSidecar)];
  const measured = named === '' ? all : all.filter(({ name }) => name === named);
  let sum = measured.length === 0 ? undefined : 0;
  for (const each of measured) {
    const request = present(each.resources.requests)[resource];
    sum = sum === undefined || request === undefined ? undefined : sum + request;
  }
  return sum;
}

function aggregate(pod: Pod, of: (container: Container) => Amounts): Amounts {
  const result: Amounts = {};
  pod.containers.forEach(each => add(result, of(each)));
  const sidecars: Amounts = {};
  const starting: Amounts = {};
  for (const each of pod.initContainers) {
    const use: Amounts = {};
    if (each.isSidecar) {
      add(result, of(each));
      add(sidecars, of(each));
      add(use, sidecars);
    } else {
      add(use, of(each));
      add(use, sidecars);
    }
    raise(starting, use);
  }
  raise(result, starting);
  return result;
}

function add(list: Amounts, others: Amounts): void {
  Object.entries(present(others)).forEach(([name, amount]) => list[name] = (list[name] ?? 0) + amount);
}

function raise(list: Amounts, others: Amounts): void {
  Object.entries(present(others)).forEach(([name, amount]) => list[name] = Math.max(list[name] ?? amount, amount));
}

function present(amounts: Amounts = {}): { [resource: string]: number } {
  return Object.fromEntries(Object.entries(amounts).filter((entry): entry is [string, number] => entry[1] !== undefined));
}

function rendered({ containers, initContainers, whole, overhead }: Pod): ParsedPod {
  const quantities = (amounts: Amounts) => Object.fromEntries(Object.entries(present(amounts)).map(([name, amount]) => [name, `${amount}m`]));
  const written = ({ requests, limits }: Resources) => ({ requests: quantities(requests), limits: quantities(limits) });
  const all = (list: readonly Container[]) => list.map(({ name, isSidecar, resources: its }) =>
    ({ name, resources: written(its), ...(isSidecar ? { restartPolicy: 'Always' } : {}) }));
  return {
    containers: all(containers).map(({ name, resources: its }) => ({ name, resources: its })),
    initContainers: all(initContainers),
    ...(whole ? { resources: written(whole) } : {}),
    overhead: quantities(overhead),
  };
}

function inMillis(amount: number | undefined): number | undefined {
  return amount === undefined ? undefined : Math.round(amount * 1000);
}

function asking(cpu: string): ParsedContainer {
  return { resources: { requests: { cpu } } };
}

function sidecar(cpu: string): ParsedContainer {
  return { ...asking(cpu), restartPolicy: 'Always' };
}
