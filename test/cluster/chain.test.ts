import * as http from 'node:http';
import * as net from 'node:net';
import { join } from 'node:path';
import { App, Chart, Duration, Testing } from 'cdk8s';
import { onCluster, sleep } from './support/cluster';
import { Namespace, isReady } from './support/namespace';
import { MINUTE, SECOND } from '../support/durations';
import { Demand, Dependency, OpeningEvent, PodCapacity, PrewarmedService, PrewarmedServiceProps } from 'cdk8s-prewarm';
import { Assumptions, Rehearsal, TogetherResult } from 'cdk8s-prewarm/lib/testing';

/** Work of one request, and how many a pod works on at once: 20 a second and pod. */
const SERVICE_MILLIS = 200;
const SERVERS = 4;
const PORT = 8080;
/** What all pods here have in common with those of the rehearsal. */
const COMMON: Partial<Assumptions> = {
  memoryPerRequestKiB: 0, warmUpSeconds: 0, endpointsSeconds: 0, timeoutSeconds: 4, callTimeoutSeconds: 3,
};

interface Service {
  readonly name: string;
  readonly pods: number;
  readonly env?: { readonly [name: string]: number };
}

interface Case {
  readonly title: string;
  /** Requests per second in each second. */
  readonly rates: readonly number[];
  /** The first has the clients and calls the second, where there is one. */
  readonly services: readonly Service[];
  readonly assume: Partial<Assumptions>;
  /** What the first uses: connections to a stub here, or a stub of a provider. */
  readonly database?: { readonly limit: number; readonly perPod: number; readonly millis: number };
  readonly provider?: { readonly millis: number };
}

const steady = (rps: number, seconds: number) => new Array<number>(seconds).fill(rps);

const CASES: { readonly [name: string]: Case } = {
  behind: {
    title: 'a called service with a third of the pods that it needs; callers refuse early',
    rates: steady(50, 20),
    services: [{ name: 'behind', pods: 3, env: { PLACES: 8, QUEUE_LIMIT: 10 } }, { name: 'behind-api', pods: 1 }],
    assume: { podConcurrency: 8, queueLimit: 10 },
  },
  vain: {
    title: 'half as much again as the pods serve for 10 s, and their work for clients that have left',
    rates: [...steady(60, 10), ...steady(10, 10)],
    services: [{ name: 'vain', pods: 2 }],
    assume: { timeoutSeconds: 3 },
  },
  pool: {
    title: 'a database with connections for two of three pods',
    rates: steady(50, 20),
    services: [{ name: 'pool', pods: 3, env: { SERVERS: 8, QUEUE_LIMIT: 10 } }],
    assume: { queueLimit: 10 },
    database: { limit: 8, perPod: 4, millis: 200 },
  },
  slow: {
    title: 'a provider that takes a second, and pods with ten places',
    rates: steady(30, 20),
    services: [{ name: 'slow', pods: 2, env: { PLACES: 10, QUEUE_LIMIT: 5 } }],
    assume: { podConcurrency: 10, queueLimit: 5 },
    provider: { millis: 1_000 },
  },
};

/** The same services with the same requests: pods that run and call each other, and the rehearsal. */
onCluster('a chain of services', { simulation: true }, () => {
  const namespace = Namespace.forGroup('chain');
  const stubs: { close(): void }[] = [];
  const there: { [name: string]: Tally } = {};
  const here: { [name: string]: TogetherResult } = {};

  beforeAll(async () => {
    await namespace.kubectl(['create', 'configmap', 'program', `--from-file=pod.js=${join(__dirname, 'support', 'chain-pod.js')}`]);
    const played = await Promise.all(Object.entries(CASES).map(async ([name, each]) => {
      return { name, targets: await deployed(each), rates: each.rates, patience: (each.assume.timeoutSeconds ?? COMMON.timeoutSeconds!) * SECOND };
    }));
    await sleep(2 * SECOND);
    await Promise.all(played.map(async ({ name, targets, rates, patience }) => { there[name] = await clients(targets, rates, patience); }));
    for (const { name, targets } of played) {
      here[name] = rehearsed(CASES[name], await timesOf(targets));
    }
    report();
  }, 4 * MINUTE);

  afterAll(() => stubs.forEach(stub => stub.close()));

  const answeredThere = (name: string) => there[name].answered / there[name].sent;
  const answeredHere = (name: string) => here[name].prewarmed.served / here[name].prewarmed.arrived;

  test.each(Object.keys(CASES))('%s: as many requests are answered, within 10 %%', name => {
    expect(Math.abs(answeredThere(name) / answeredHere(name) - 1)).toBeLessThan(0.1);
  });

  test('clients send when they mean to: they are not what is slow', () => {
    expect(Math.max(...Object.values(there).map(lateOf))).toBeLessThan(200);
  });

  test('a pod without a connection is not Ready in either', () => {
    expect(there.pool.pods).toBe(2);
    const { opening, from, prewarmed: { series } } = here.pool.byService.pool;
    expect(series.ready[(opening - from) / SECOND]).toBe(2);
  });

  function report(): void {
    const rows = Object.entries(CASES).map(([name, { title }]) => {
      const shares = [answeredThere(name), answeredHere(name)].map(share => `${(100 * share).toFixed(1)} %`);
      return `| ${title} | ${there[name].sent} | ${shares.join(' | ')} | ${lateOf(there[name]).toFixed(0)} |`;
    });
    console.log(['| | sent | answered there | in rehearsal | lag of clients, p95 ms |', '|---|---|---|---|---|', ...rows].join('\n'));
  }

  function chartOf({ services, database, provider }: Case): Chart {
    const event = OpeningEvent.once('opening', {
      at: '2030-12-05T10:00', timeZone: 'UTC', lead: Duration.minutes(5), hold: Duration.minutes(5), readyMargin: Duration.minutes(1),
    });
    const chart = new Chart(new App(), 'chart', { namespace: namespace.name, disableResourceNameHashes: true });
    const uses = [
      ...database ? [Dependency.connections('database', { limit: 1_000 }).perPod(database.perPod)] : [],
      ...provider ? [Dependency.requestsPerSecond('provider', { limit: 100_000 }).perRequest(1)] : [],
    ];
    [...services].reverse().reduce<PrewarmedService[]>((behind, { name, pods }) => {
      const props: PrewarmedServiceProps = {
        image: 'node:22',
        startupTime: Duration.seconds(5),
        podCapacity: PodCapacity.requestsPerSecond(20),
        baseline: { floor: pods },
        events: [{ event, demand: Demand.replicas(pods) }],
        uses: [...behind.map(callee => callee.perRequest(1)), ...behind.length > 0 || services.length === 1 ? uses : []],
      };
      return [new PrewarmedService(chart, name, props)];
    }, []);
    return chart;
  }

  /** With the times that work, queries and calls really took: a machine that is busy is slower than its timers. */
  function rehearsed(each: Case, { work, query, call }: Times): TogetherResult {
    const { rates, services: [{ name, env }], assume, database, provider } = each;
    const measured = {
      serviceMillis: work,
      podRps: (env?.SERVERS ?? SERVERS) * SECOND / work,
      ...(database ? { dependencyMillis: query } : {}),
      ...(provider ? { dependencyMillis: call } : {}),
    };
    const points = Object.fromEntries(rates.flatMap((rps, second): [string, number][] =>
      [[`+${second * SECOND + 1}ms`, rps], [`+${second * SECOND + SECOND}ms`, rps]]));
    const night = Rehearsal.of(chartOf(each))
      .assume({ ...COMMON, ...assume, ...measured })
      .given(name, { traffic: { '+0s': 0, ...points, [`+${rates.length * SECOND + 1}ms`]: 0 } });
    // synth would refuse a limit that is lower than what the floors need
    return (each.database ? night.dependency('database', { limit: each.database.limit }) : night).runTogether();
  }

  /** Deploys the pods of a case; returns where the clients of the first service go. */
  async function deployed(each: Case): Promise<string[]> {
    const { services, database, provider } = each;
    const objects = Testing.synth(chartOf(each));
    let callees = provider ? [await providerStub(provider.millis)] : [];
    let targets: string[] = [];
    for (const service of [...services].reverse()) {
      const env = {
        PORT,
        SERVERS,
        SERVICE_MILLIS,
        PLACES: 1_000,
        QUEUE_LIMIT: 100_000,
        CALL_TIMEOUT_MILLIS: 3_000,
        CALLEES: callees.join(),
        ...(database ? { DATABASE: await databaseStub(database.limit, database.millis), POOL: database.perPod } : {}),
        ...service.env,
      };
      await namespace.apply(JSON.stringify(deploymentOf(objects, service, env)));
      callees = targets = await addresses(service, database ? Math.floor(database.limit / database.perPod) : service.pods);
    }
    return targets;
  }

  /** The Deployment of a service, whose pods run the program of a chain. */
  function deploymentOf(objects: any[], { name, pods }: Service, env: { readonly [name: string]: string | number }): object {
    const { metadata, spec, ...rest } = objects.find(({ kind, metadata: { name: its } }) => kind === 'Deployment' && its === name);
    const container = {
      name: 'main',
      image: 'node:22',
      args: ['/program/pod.js'],
      env: [
        { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        ...Object.entries(env).map(([key, value]) => ({ name: key, value: String(value) })),
      ],
      volumeMounts: [{ name: 'program', mountPath: '/program' }],
      resources: { requests: { cpu: '100m', memory: '64Mi' } },
      securityContext: {
        runAsUser: 1000,
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      },
    };
    const template = {
      metadata: { ...spec.template.metadata, annotations: { 'simulation/serves': 'true' } },
      spec: { containers: [container], volumes: [{ name: 'program', configMap: { name: 'program' } }] },
    };
    return { ...rest, metadata, spec: { ...spec, replicas: pods, template } };
  }

  /** Where the pods of a service answer, as many as are to be ready. */
  async function addresses({ name, pods }: Service, ready: number): Promise<string[]> {
    for (let tries = 0; tries < 60; tries++) {
      const running = (await namespace.pods(`app.kubernetes.io/name=${name}`)).filter(pod => isReady(pod) && pod.status.podIP);
      const places = running.map(({ status }) => `${status.podIP}:${PORT}`);
      const answering = await Promise.all(places.map(answers));
      if (running.length === pods && answering.filter(is => is).length === ready) {
        return places.filter((_, i) => answering[i]);
      }
      await sleep(SECOND);
    }
    throw new Error(`the pods of '${name}' do not answer`);
  }

  /** Takes so many connections and closes any other; each answers one question at a time. */
  async function databaseStub(limit: number, millis: number): Promise<string> {
    let taken = 0;
    const server = net.createServer(socket => {
      socket.on('error', () => {});
      if (taken >= limit) {
        socket.destroy();
        return;
      }
      taken++;
      socket.setNoDelay(true);
      socket.write('+');
      socket.on('data', () => setTimeout(() => socket.write('a'), millis));
      socket.on('close', () => { taken--; });
    });
    return listening(server);
  }

  async function providerStub(millis: number): Promise<string> {
    return listening(http.createServer((_, response) => setTimeout(() => response.end(), millis)));
  }

  function listening(server: net.Server): Promise<string> {
    stubs.push(server);
    return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${(server.address() as net.AddressInfo).port}`)));
  }
});

interface Tally {
  sent: number;
  answered: number;
  pods: number;
  /** How much later than meant requests were sent, in milliseconds. */
  readonly lags: number[];
}

/** How much later than meant 95 of 100 requests were sent at most, in milliseconds. */
function lateOf({ lags }: Tally): number {
  return [...lags].sort((a, b) => a - b)[Math.floor(lags.length * 0.95)];
}

/** Mean times in milliseconds. */
interface Times {
  readonly work: number;
  readonly query: number;
  readonly call: number;
}

/** What the pods of a service measured, on average. */
async function timesOf(targets: readonly string[]): Promise<Times> {
  const all: Times[] = await Promise.all(targets.map(async target => (await fetch(`http://${target}/times`)).json() as Promise<Times>));
  const mean = (of: keyof Times) => all.reduce((sum, times) => sum + times[of], 0) / all.length;
  return { work: mean('work'), query: mean('query'), call: mean('call') };
}

function answers(address: string): Promise<boolean> {
  return new Promise(resolve => {
    const request = http.get(`http://${address}/ready`, { timeout: SECOND }, answer => resolve(answer.resume().statusCode === 200));
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** Sends requests in turn to all pods at given rates, whatever becomes of those before, and counts the answers in time. */
async function clients(targets: readonly string[], rates: readonly number[], patience: number): Promise<Tally> {
  const tally: Tally = { sent: 0, answered: 0, pods: targets.length, lags: [] };
  const agent = new http.Agent({ keepAlive: true });
  const begins = performance.now();
  const meant = rates.flatMap((rps, second) => Array.from({ length: rps }, (_, i) => second * SECOND + i * SECOND / rps));
  for (const at of meant) {
    const early = begins + at - performance.now();
    if (early > 1) {
      await sleep(early);
    }
    tally.lags.push(performance.now() - begins - at);
    const request = http.get(`http://${targets[tally.sent++ % targets.length]}/`, { agent }, answer => {
      answer.resume().on('end', () => {
        clearTimeout(leaves);
        tally.answered += answer.statusCode === 200 ? 1 : 0;
      });
    });
    const leaves = setTimeout(() => request.destroy(), patience);
    request.on('error', () => clearTimeout(leaves));
  }
  await sleep(patience + SECOND);
  agent.destroy();
  return tally;
}
