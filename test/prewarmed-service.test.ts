import { ApiObject, Chart, Duration, JsonPatch, Size, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { chartIn, find } from './support/charts';
import { Demand, OpeningEvent, PodCapacity, PrewarmedService, PrewarmedServiceOptions, PrewarmedServiceProps } from 'cdk8s-prewarm';

const MARATHON = OpeningEvent.once('marathon', {
  at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(3), hold: Duration.hours(2),
});

describe('the service', () => {
  test('is four objects beside its schedule, all of its name', () => {
    const chart = chartOf({});
    const names = Testing.synth(chart).filter(({ metadata }) => metadata.name === 'registration').map(({ kind }) => kind);
    expect(names).toEqual(['Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget']);
    expect(find(chart, 'ConfigMap').metadata.name).toBe('registration-prewarm');
  });

  test('is named by its id, or by name', () => {
    expect(find(chartOf({ name: 'other' }), 'Deployment').metadata.name).toBe('other');
    expect(find(chartOf({ name: 'other' }), 'ConfigMap').metadata.name).toBe('other-prewarm');
  });

  test('has neither replicas nor a floor in its manifests, and the highest ceiling of the plan', () => {
    const chart = chartOf({});
    expect(find(chart, 'Deployment').spec).not.toHaveProperty('replicas');
    expect(find(chart, 'HorizontalPodAutoscaler').spec).not.toHaveProperty('minReplicas');
    expect(find(chart, 'HorizontalPodAutoscaler').spec.maxReplicas).toBe(162);
  });

  test('the seed: 15,000 rps at 200 a pod are a floor of 108, of 2 between events', () => {
    const { schedule } = serviceIn(chartIn(), {});
    expect(['06:59', '07:00', '11:59', '12:00'].map(time => schedule.floorAt(`2026-12-05T${time}:00+09:00`))).toEqual([2, 108, 108, 2]);
  });

  test('sizes for the CPU target of its own autoscaler', () => {
    const { schedule } = serviceIn(chartIn(), { autoscaling: { metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(50))] } });
    expect(schedule.floorAt('2026-12-05T10:00:00+09:00')).toBe(150);
  });

  test('knows of its autoscaler what the manifest says, without reading it', () => {
    const chart = chartIn();
    const { schedule } = serviceIn(chart, { baseline: { floor: 4 } });
    const { scaleTargetRef } = find(chart, 'HorizontalPodAutoscaler').spec;
    expect(schedule._plan.workload).toEqual(scaleTargetRef);
    expect(schedule.baseline).toEqual({ floor: 4, ceiling: 162 });
  });

  test('leads traffic to its pods, and not to those of the jobs', () => {
    const chart = chartOf({});
    const { selector, ports } = find(chart, 'Service').spec;
    expect(selector).toEqual({ 'app.kubernetes.io/name': 'registration' });
    expect(ports).toEqual([{ name: 'http', port: 8080, targetPort: 8080 }]);
    expect(find(chart, 'Deployment').spec.template.metadata.labels).toMatchObject(selector);
    for (const { spec } of Testing.synth(chart).filter(({ kind }) => kind === 'Job' || kind === 'CronJob')) {
      expect((spec.jobTemplate?.spec ?? spec).template.metadata.labels).not.toHaveProperty(['app.kubernetes.io/name']);
    }
  });

  test('keeps selector and pods when its code moves', () => {
    const [here, there] = [chartIn(), chartIn()];
    serviceIn(here, {});
    serviceIn(new Construct(new Construct(there, 'Moved'), 'Deeper'), {});
    expect(Testing.synth(there)).toEqual(Testing.synth(here));
  });

  test('has the selector of a Deployment that exists already', () => {
    const chart = chartOf({ selector: { app: 'reg' } });
    const { selector, template } = find(chart, 'Deployment').spec;
    expect(selector.matchLabels).toEqual({ app: 'reg' });
    expect(template.metadata.labels).toMatchObject({ app: 'reg' });
    expect(find(chart, 'Service').spec.selector).toEqual({ app: 'reg' });
    expect(find(chart, 'PodDisruptionBudget').spec.selector.matchLabels).toEqual({ app: 'reg' });
    expect(template.spec.topologySpreadConstraints[0].labelSelector.matchLabels).toEqual({ app: 'reg' });
  });
});

describe('its pods', () => {
  test('start slowly without being killed: four times the declared time, and a minute at least', () => {
    for (const [seconds, threshold] of [[5, 30], [45, 90]]) {
      const { startupProbe } = containerIn(chartOf({ startupTime: Duration.seconds(seconds) }));
      expect(startupProbe).toEqual({ failureThreshold: threshold, periodSeconds: 2, tcpSocket: { port: 8080 } });
    }
  });

  test('are Ready when the port takes connections, or the path answers, and never killed for being busy', () => {
    expect(containerIn(chartOf({})).readinessProbe).toEqual({ failureThreshold: 3, periodSeconds: 5, timeoutSeconds: 3, tcpSocket: { port: 8080 } });
    const asked = containerIn(chartOf({ readinessPath: '/ready', port: 9000 }));
    expect(asked.readinessProbe.httpGet).toEqual({ path: '/ready', port: 9000, scheme: 'HTTP' });
    expect(asked.startupProbe.httpGet).toEqual({ path: '/ready', port: 9000, scheme: 'HTTP' });
    expect(asked).not.toHaveProperty('livenessProbe');
  });

  test('ask for what capacity was measured at', () => {
    expect(containerIn(chartOf({})).resources).toEqual({ requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } });
    expect(containerIn(chartOf({ cpu: kplus.Cpu.millis(250), memory: Size.mebibytes(300) })).resources)
      .toEqual({ requests: { cpu: '250m', memory: '300Mi' }, limits: { memory: '300Mi' } });
  });

  test('ask for it in the words of the API server, so that nothing looks changed on a re-apply', () => {
    expect(containerIn(chartOf({ cpu: kplus.Cpu.millis(2_000), memory: Size.mebibytes(1_536) })).resources)
      .toEqual({ requests: { cpu: '2', memory: '1536Mi' }, limits: { memory: '1536Mi' } });
  });

  test.each<[string, Partial<PrewarmedServiceProps>, object]>([
    ['a limit of memory', { cpu: kplus.Cpu.units(2), container: { resources: { memory: { limit: Size.gibibytes(2) } } } },
      { requests: { cpu: '2', memory: '1Gi' }, limits: { memory: '2Gi' } }],
    ['a request of memory above the default', { container: { resources: { memory: { request: Size.gibibytes(4) } } } },
      { requests: { cpu: '1', memory: '4Gi' }, limits: { memory: '4Gi' } }],
    ['a limit of memory below the default', { container: { resources: { memory: { limit: Size.mebibytes(512) } } } },
      { requests: { cpu: '1', memory: '512Mi' }, limits: { memory: '512Mi' } }],
    ['a limit of CPU', { container: { resources: { cpu: { limit: kplus.Cpu.millis(500) } } } },
      { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '500m', memory: '1Gi' } }],
    ['parts of a CPU', { container: { resources: { cpu: { request: kplus.Cpu.units(0.25), limit: kplus.Cpu.units(1.5) } } } },
      { requests: { cpu: '250m', memory: '1Gi' }, limits: { cpu: '1500m', memory: '1Gi' } }],
    ['storage', { container: { resources: { ephemeralStorage: { request: Size.gibibytes(1024) } } } },
      { requests: { 'cpu': '1', 'memory': '1Gi', 'ephemeral-storage': '1Ti' }, limits: { memory: '1Gi' } }],
  ])('keep what the other props say where %s is given', (_, props, resources) => {
    expect(containerIn(chartOf(props)).resources).toEqual(resources);
  });

  test('have no field that kubectl apply would report as a change each time', () => {
    const chart = chartOf({});
    expect(podIn(chart)).not.toHaveProperty('hostNetwork');
    expect(find(chart, 'Deployment').spec).not.toHaveProperty('minReadySeconds');
    expect(find(chart, 'Service').spec).not.toHaveProperty('externalIPs');
  });

  test('do not depend on the registry at every scale-up', () => {
    expect(containerIn(chartOf({})).imagePullPolicy).toBe('IfNotPresent');
  });

  test('serve on until the endpoints have forgotten them', () => {
    const chart = chartOf({});
    expect(containerIn(chart).lifecycle.preStop.exec.command).toEqual(['sleep', '15']);
    expect(podIn(chart).terminationGracePeriodSeconds).toBe(60);
  });

  test('are spread over nodes and zones, each rollout by itself, and start even where they cannot be', () => {
    expect(podIn(chartOf({})).topologySpreadConstraints).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(topologyKey => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
      matchLabelKeys: ['pod-template-hash'],
      labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'registration' } },
    })));
  });

  test('meet the restricted Pod Security Standard, with a place to write', () => {
    const chart = chartOf({});
    expect(podIn(chart)).toMatchObject({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      automountServiceAccountToken: false,
      volumes: [{ name: 'tmp', emptyDir: {} }],
    });
    expect(containerIn(chart)).toMatchObject({
      securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    });
  });
});

describe('between floor and ceiling', () => {
  test('the autoscaler adds at once and takes away slowly', () => {
    expect(find(chartOf({}), 'HorizontalPodAutoscaler').spec.behavior).toEqual({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }, { type: 'Pods', value: 20, periodSeconds: 15 }],
      },
      scaleDown: { stabilizationWindowSeconds: 300, selectPolicy: 'Max', policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] },
    });
  });

  test('it follows 70 % of the requested CPU', () => {
    expect(find(chartOf({}), 'HorizontalPodAutoscaler').spec.metrics).toEqual([
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
    ]);
  });

  test('a rollout takes no Ready pod away, and evictions leave what follows from the baseline', () => {
    const chart = chartOf({});
    expect(find(chart, 'Deployment').spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: '10%', maxUnavailable: 0 } });
    expect(find(chart, 'PodDisruptionBudget').spec).toMatchObject({ minAvailable: '50%', unhealthyPodEvictionPolicy: 'AlwaysAllow' });
  });

  test('the ceiling can stay what it is whatever the events are', () => {
    const chart = chartIn();
    const { schedule } = serviceIn(chart, { ceiling: 400 });
    schedule.addEvent({ event: OpeningEvent.once('more', { at: '2026-12-24T10:00:00Z' }), demand: Demand.replicas(250) });
    expect(find(chart, 'HorizontalPodAutoscaler').spec.maxReplicas).toBe(400);
  });
});

describe('every default can be replaced', () => {
  test('a field of the container', () => {
    const container = containerIn(chartOf({
      container: {
        name: 'app',
        startup: kplus.Probe.fromCommand(['true']),
        securityContext: { user: 1000 },
        resources: { cpu: { request: kplus.Cpu.millis(1) } },
        imagePullPolicy: kplus.ImagePullPolicy.ALWAYS,
        lifecycle: {},
        volumeMounts: [],
      },
    }));
    expect(container).toMatchObject({ name: 'app', startupProbe: { exec: { command: ['true'] } }, imagePullPolicy: 'Always', resources: { requests: { cpu: '1m' } } });
    // replaced whole
    expect(container.securityContext).toMatchObject({ runAsUser: 1000 });
    expect(container.securityContext).not.toHaveProperty('capabilities');
    expect(container.lifecycle).toEqual({});
    expect(container).not.toHaveProperty('volumeMounts');
    // and nothing else
    expect(container.readinessProbe.tcpSocket).toEqual({ port: 8080 });
  });

  test('a field of the pod', () => {
    const chart = chartOf({
      pod: {
        terminationGracePeriod: Duration.seconds(120),
        securityContext: { ensureNonRoot: false },
        hostNetwork: true,
        metadata: { labels: { team: 'run' }, name: 'ignored' },
        containers: [{ name: 'sidecar', image: 'proxy:1' }],
      },
    });
    const pod = podIn(chart);
    expect(pod).toMatchObject({ terminationGracePeriodSeconds: 120, hostNetwork: true, securityContext: { runAsNonRoot: false } });
    expect(pod.securityContext).not.toHaveProperty('seccompProfile');
    expect(pod.containers.map(({ name }: any) => name)).toEqual(['main', 'sidecar']);
    expect(find(chart, 'Deployment').metadata).toMatchObject({ name: 'registration', labels: { 'team': 'run', 'cdk8s-prewarm/service': 'registration' } });
  });

  test('by something, not by undefined', () => {
    const nothing: Partial<PrewarmedServiceProps> = {
      baseline: undefined,
      cpu: undefined,
      keeper: { image: undefined, guards: undefined },
      defaultWindow: { readyMargin: undefined },
      container: { imagePullPolicy: undefined, resources: { cpu: { request: undefined } } },
      pod: { terminationGracePeriod: undefined },
      autoscaling: { metrics: undefined, scaleDown: { stabilizationWindow: undefined } },
    };
    expect(Testing.synth(chartOf(nothing))).toEqual(Testing.synth(chartOf({})));
  });

  test('a part of the behavior', () => {
    const { behavior } = find(chartOf({
      autoscaling: { scaleDown: { stabilizationWindow: Duration.minutes(10) }, scaleUp: { policies: [{ replicas: kplus.Replicas.absolute(50) }] } },
    }), 'HorizontalPodAutoscaler').spec;
    expect(behavior.scaleDown).toMatchObject({ stabilizationWindowSeconds: 600, policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] });
    expect(behavior.scaleUp).toMatchObject({ stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 50, periodSeconds: 15 }] });
  });

  test('and what is added comes on the children', () => {
    const chart = chartIn();
    const service = serviceIn(chart, {});
    service.container.env.addVariable('REGION', kplus.EnvValue.fromValue('ap-northeast-2'));
    service.deployment.podMetadata.addAnnotation('acme.example/scrape', 'true');
    service.disruptionBudget.metadata.addLabel('team', 'run');
    service.service.metadata.addAnnotation('lb', 'internal');
    service.autoscaler.metadata.addLabel('team', 'run');
    expect(containerIn(chart).env).toEqual([{ name: 'REGION', value: 'ap-northeast-2' }]);
    expect(find(chart, 'Deployment').spec.template.metadata.annotations).toEqual({ 'acme.example/scrape': 'true' });
    expect(find(chart, 'PodDisruptionBudget').metadata.labels.team).toBe('run');
    expect(find(chart, 'Service').metadata.annotations).toEqual({ lb: 'internal' });
    expect(find(chart, 'HorizontalPodAutoscaler').metadata.labels.team).toBe('run');
  });

  test('ingresses and network policies of cdk8s-plus find the service and its pods', () => {
    const chart = chartIn();
    const service = serviceIn(chart, {});
    new kplus.Ingress(chart, 'Ingress', { rules: [{ host: 'acme.example', backend: kplus.IngressBackend.fromService(service.service) }] });
    service.deployment.connections.isolate();
    expect(find(chart, 'Ingress').spec.rules[0].http.paths[0].backend).toEqual({ service: { name: 'registration', port: { number: 8080 } } });
    expect(find(chart, 'NetworkPolicy').spec.podSelector.matchLabels).toEqual({ 'cdk8s.io/metadata.addr': 'registration' });
    expect(find(chart, 'Deployment').spec.template.metadata.labels).toMatchObject({ 'cdk8s.io/metadata.addr': 'registration' });
  });
});

describe('options of a platform and of a squad', () => {
  const merged = (asked: PrewarmedServiceOptions) => PrewarmedService.mergeOptions({
    baseline: { floor: 3, ceiling: 12 }, keeper: { image: 'acme/node:22', guards: 3 }, defaultWindow: { lead: Duration.hours(4) },
  }, asked);

  test('are merged field by field where they are groups, and what is undefined says nothing', () => {
    expect(merged({ baseline: undefined, port: 80, keeper: { image: undefined, guards: 1 } })).toEqual({
      baseline: { floor: 3, ceiling: 12 }, port: 80, keeper: { image: 'acme/node:22', guards: 1 }, defaultWindow: { lead: Duration.hours(4) },
    });
  });

  test('are taken whole where they are one thing', () => {
    expect(merged({ baseline: { floor: 5, ceiling: 9 } }).baseline).toEqual({ floor: 5, ceiling: 9 });
    expect(merged({ defaultWindow: { hold: Duration.hours(1) } }).defaultWindow).toEqual({ lead: Duration.hours(4), hold: Duration.hours(1) });
  });

  test('keep labels, annotations, node selectors and environment variables of both, and of one name the squad has', () => {
    const both = (platform: object, squad: object) => PrewarmedService.mergeOptions({ keeper: platform }, { keeper: squad }).keeper;
    for (const field of ['podLabels', 'podAnnotations', 'nodeSelector']) {
      expect(both({ [field]: { a: '1', b: '1' } }, { [field]: { b: '2', c: '2' } })).toEqual({ [field]: { a: '1', b: '2', c: '2' } });
    }
    const [region, level] = [kplus.EnvValue.fromValue('seoul'), kplus.EnvValue.fromValue('debug')];
    const env = (envVariables: { [name: string]: kplus.EnvValue }) => ({ container: { envVariables } });
    expect(PrewarmedService.mergeOptions(env({ REGION: region }), env({ LEVEL: level }))).toEqual(env({ REGION: region, LEVEL: level }));
    expect(PrewarmedService.mergeOptions({ pod: { metadata: { labels: { a: '1' } } } } as any, { pod: { metadata: { labels: { b: '2' } } } } as any).pod)
      .toEqual({ metadata: { labels: { a: '1', b: '2' } } });
  });

  test('have the tolerations of both, each once', () => {
    const [spot, gpu] = [{ key: 'spot' }, { key: 'gpu' }];
    expect(PrewarmedService.mergeOptions({ keeper: { tolerations: [spot] } }, { keeper: { tolerations: [{ ...spot }, gpu] } }).keeper)
      .toEqual({ tolerations: [spot, gpu] });
  });

  test('have the volumes of both, which are constructs', () => {
    const chart = chartIn();
    const [ours, theirs] = ['ours', 'theirs'].map(name => kplus.Volume.fromEmptyDir(chart, name, name));
    expect(PrewarmedService.mergeOptions({ pod: { volumes: [ours] } }, { pod: { volumes: [ours, theirs] } }).pod?.volumes).toEqual([ours, theirs]);
  });

  const LOCKED = {
    baseline: { floor: 3, ceiling: 12 },
    startupTime: Duration.seconds(50),
    keeper: { image: 'acme/node:22', podLabels: { 'acme.example/cost-centre': 'tickets', 'team': 'web' } },
  };
  const lock = (locked: string[], asked: PrewarmedServiceOptions) => () => PrewarmedService.mergeOptions(LOCKED, asked, { locked });

  test.each<[string, PrewarmedServiceOptions, string]>([
    ['keeper.image', { keeper: { image: 'node:latest' } }, "'keeper.image' is locked by your platform: it stays 'acme/node:22', and cannot be 'node:latest'; leave it out"],
    ['baseline', { baseline: { floor: 1, ceiling: 12 } },
      "'baseline' is locked by your platform: it stays {\"floor\":3,\"ceiling\":12}, and cannot be {\"floor\":1,\"ceiling\":12}; leave it out"],
    ['startupTime', { startupTime: Duration.seconds(5) }, "'startupTime' is locked by your platform: it stays 50 seconds, and cannot be 5 seconds; leave it out"],
    ['keeper.podLabels', { keeper: { podLabels: { team: 'shop' } } }, "'keeper.podLabels.team' is locked by your platform: it stays 'web', and cannot be 'shop'; leave it out"],
    ['keeper.podLabels.acme.example/cost-centre', { keeper: { podLabels: { 'acme.example/cost-centre': 'none' } } },
      "'keeper.podLabels.acme.example/cost-centre' is locked by your platform: it stays 'tickets', and cannot be 'none'; leave it out"],
    ['port', {}, "'port' is locked, but the defaults do not set it; give it a value there, or take it out of 'locked'"],
  ])('refuse a change of %s where the platform has locked it', (path, asked, message) => {
    expect(lock([path], asked)).toThrow(message);
  });

  test('take what a squad says beside what is locked, and the locked value itself', () => {
    expect(lock(['keeper.podLabels', 'keeper.image', 'startupTime'], {
      startupTime: Duration.seconds(50), keeper: { image: 'acme/node:22', guards: 3, podLabels: { tier: 'front' } },
    })().keeper).toEqual({ image: 'acme/node:22', guards: 3, podLabels: { 'acme.example/cost-centre': 'tickets', 'team': 'web', 'tier': 'front' } });
  });
});

describe('refuses', () => {
  test.each<[string, Partial<PrewarmedServiceProps>, string]>([
    ['a name that no Service could have', { name: '2026-tickets' }, "name '2026-tickets' must begin with a letter"],
    ['a name that is no DNS label', { name: 'Tickets' }, "name 'Tickets' must be a DNS label"],
    ['a baseline floor of zero', { baseline: { floor: 0, ceiling: 5 } }, "'baseline.floor' must be a whole number of at least 1, got 0"],
    ['a baseline floor above its ceiling', { baseline: { floor: 6, ceiling: 5 } }, "'baseline.ceiling' (5) must be at least its floor (6)"],
    ['a port that is none', { port: 0 }, "'port' must be a whole number of at least 1, got 0"],
    ['an empty image', { image: '' }, "'image' is empty; pass an image with a tag that does not move, or a digest"],
    ['an image that an unset variable should have named', { image: undefined }, "'image' is missing"],
    ['memory above its limit', { container: { resources: { memory: { request: Size.gibibytes(2), limit: Size.gibibytes(1) } } } },
      "'container.resources.memory.request' (2Gi) must be at most its limit (1Gi)"],
    ['CPU above its limit', { container: { resources: { cpu: { request: kplus.Cpu.units(2), limit: kplus.Cpu.millis(100) } } } },
      "'container.resources.cpu.request' (2) must be at most its limit (100m)"],
    ['a selector for all pods', { selector: {} }, "'selector' is empty and would match every pod"],
    ['an event above the stated ceiling', { ceiling: 100 }, "event 'marathon': 'ceiling' of the service (100) must be at least the floor of this event (108)"],
    ['requests per second of unknown pods', { podCapacity: undefined }, "event 'marathon': 'demand' is in requests per second"],
  ])('%s', (_, props, message) => {
    const chart = chartIn();
    expect(() => serviceIn(chart, props)).toThrow(message);
    expect(Testing.synth(chart)).toEqual([]);
  });

  test('a container without a CPU request beside an autoscaler that follows CPU, at synth', () => {
    const sidecar = { name: 'proxy', image: 'proxy:1', resources: { memory: { limit: Size.mebibytes(64) } } };
    const withSidecar = (...metrics: kplus.Metric[]) => () => {
      const chart = chartIn();
      serviceIn(chart, metrics.length ? { autoscaling: { metrics } } : {}).deployment.addContainer(sidecar);
      Testing.synth(chart);
    };
    const refusal = "[shop/registration] container 'proxy' has no CPU request, without which the autoscaler cannot follow CPU; give it resources:";
    expect(withSidecar()).toThrow(refusal);
    expect(withSidecar(kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(50)))).toThrow(refusal);
    expect(withSidecar(kplus.Metric.resourceCpu(kplus.MetricTarget.averageValue(1)))).not.toThrow();
  });

  test('a container without a CPU request that a metric names, at synth, and no other', () => {
    const sidecar = { name: 'proxy', image: 'proxy:1', resources: { memory: { limit: Size.mebibytes(64) } } };
    const following = (container: 'own' | 'proxy') => () => {
      const chart = chartIn();
      const { deployment, autoscaler } = serviceIn(chart, {});
      deployment.addContainer(sidecar);
      const name = container === 'own' ? deployment.containers[0].name : container;
      const containerResource = { name: 'cpu', container: name, target: { type: 'Utilization', averageUtilization: 60 } };
      ApiObject.of(autoscaler).addJsonPatch(JsonPatch.replace('/spec/metrics', [{ type: 'ContainerResource', containerResource }]));
      Testing.synth(chart);
    };
    expect(following('proxy')).toThrow("container 'proxy' has no CPU request");
    expect(following('own')).not.toThrow();
  });

  test('a sidecar without a CPU request, at synth, and no container that is over before', () => {
    const starting = (restartPolicy?: kplus.ContainerRestartPolicy) => () => {
      const chart = chartIn();
      serviceIn(chart, {}).deployment.addInitContainer({ name: 'mesh', image: 'mesh:1', restartPolicy, resources: { memory: { limit: Size.mebibytes(64) } } });
      Testing.synth(chart);
    };
    expect(starting(kplus.ContainerRestartPolicy.ALWAYS)).toThrow("container 'mesh' has no CPU request");
    expect(starting()).not.toThrow();
  });

  test('in words that say which service it is', () => {
    expect(() => serviceIn(chartIn(), { image: '' })).toThrow(/^shop\/registration: 'image' is empty/);
    expect(() => serviceIn(chartIn(), { podCapacity: undefined })).toThrow(/^shop\/registration\/Schedule: event 'marathon': 'demand'/);
  });

  test('a name that is taken', () => {
    const chart = chartIn();
    serviceIn(chart, {});
    expect(() => serviceIn(chart, { name: 'registration' }, 'again')).toThrow("the name 'registration' is taken in namespace 'shop' by shop/registration/Schedule");
  });

  test('a Deployment of its name elsewhere in the app, at synth', () => {
    const chart = chartIn();
    serviceIn(chart, {});
    new ApiObject(chart, 'Old', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'registration' } });
    expect(() => Testing.synth(chart)).toThrow("Deployment 'registration' in namespace 'shop' is rendered twice");
  });
});

function chartOf(props: Partial<PrewarmedServiceProps>): Chart {
  const chart = chartIn();
  serviceIn(chart, props);
  return chart;
}

/** The service of the README, with what a test is about. */
function serviceIn(scope: Construct, props: Partial<PrewarmedServiceProps>, id: string = 'registration'): PrewarmedService {
  return new PrewarmedService(scope, id, {
    image: 'registry.example.com/registration:2.8.1',
    podCapacity: PodCapacity.requestsPerSecond(200),
    events: [{ event: MARATHON, demand: Demand.requestsPerSecond(15_000) }],
    ...props,
  });
}

function podIn(chart: Chart): any {
  return find(chart, 'Deployment').spec.template.spec;
}

function containerIn(chart: Chart): any {
  return podIn(chart).containers[0];
}

test('autoscaler and CronJobs say in plain words what will happen when, also of an event that is added later', () => {
  const chart = chartIn();
  const { schedule } = new PrewarmedService(chart, 'web', { image: 'registry.example.com/web:1' });
  schedule.addEvent({
    event: OpeningEvent.once('sale', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(3), hold: Duration.hours(2) }),
    demand: Demand.replicas(60),
  });
  const said = (kind: string, name: string) => find(chart, kind, name).metadata.annotations['cdk8s-prewarm/summary'];
  const sale = 'floor 2 -> 60 from Sat 2026-12-05 07:00 to 12:00 Asia/Seoul, for 60 pods at 10:00';
  expect(said('HorizontalPodAutoscaler', 'web')).toBe(`floor 2 between events\nsale: ${sale}`);
  expect(['bump', 'verify', 'drop'].map(role => said('CronJob', `web-sale-${role}`))).toEqual([sale, sale, sale]);
  expect(said('CronJob', 'web-prewarm-repair')).toBe('every 10 minutes: 1 service of the chart, floor and ceiling as the plan of each asks');
});
