import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, App, Chart, Cron, Duration, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { report } from './synth-report';

/** The same objects as a patient person writes them with cdk8s-plus, everything that we compute put in as a literal. */
report(count => {
  const app = new App();
  const chart = new Chart(app, 'marathon', { namespace: 'marathon' });
  const assetOf = (name: string) => readFileSync(join(__dirname, '..', 'assets', 'keeper', name, 'index.js'), 'utf8');
  const name = 'service-0-prewarm-keeper';
  new kplus.ConfigMap(chart, 'keeper', { metadata: { name, labels: { 'cdk8s-prewarm/role': 'keeper' } }, data: { 'program.js': assetOf('main') } });
  const starter = assetOf('starter');
  for (let i = 0; i < count; i++) {
    writeService(chart, `service-${i}`, starter);
  }
  return app;
});

function writeService(chart: Chart, name: string, starter: string): void {
  const selector = { 'app.kubernetes.io/name': name };
  const metadata = { name, labels: { ...selector, 'cdk8s-prewarm/service': name } };
  const deployment = new kplus.Deployment(chart, `${name}-deployment`, {
    metadata,
    select: false,
    terminationGracePeriod: Duration.seconds(60),
    podMetadata: { labels: metadata.labels },
    strategy: kplus.DeploymentStrategy.rollingUpdate({
      maxUnavailable: kplus.PercentOrAbsolute.absolute(0), maxSurge: kplus.PercentOrAbsolute.percent(10),
    }),
    containers: [{
      image: 'registry.example.com/registration:2.8.1',
      portNumber: 8080,
      imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
      resources: { cpu: { request: kplus.Cpu.units(1) }, memory: { request: Size.gibibytes(1), limit: Size.gibibytes(1) } },
      startup: kplus.Probe.fromTcpSocket({ port: 8080, periodSeconds: Duration.seconds(2), failureThreshold: 90 }),
      readiness: kplus.Probe.fromTcpSocket({
        port: 8080, periodSeconds: Duration.seconds(5), timeoutSeconds: Duration.seconds(3), failureThreshold: 3,
      }),
      lifecycle: { preStop: kplus.Handler.fromCommand(['sleep', '15']) },
      volumeMounts: [{ path: '/tmp', volume: kplus.Volume.fromEmptyDir(chart, `${name}-tmp`, 'tmp') }],
    }],
  });
  deployment.select(kplus.LabelSelector.of({ labels: selector }));
  deployment.podMetadata.addLabel(kplus.Pod.ADDRESS_LABEL, name);
  ApiObject.of(deployment).addJsonPatch(
    JsonPatch.add('/spec/template/spec/topologySpreadConstraints', ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(topologyKey => ({
      maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: selector }, matchLabelKeys: ['pod-template-hash'],
    }))),
    JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', { type: 'RuntimeDefault' }),
    JsonPatch.add('/spec/template/spec/containers/0/securityContext/capabilities', { drop: ['ALL'] }),
    // what kubectl apply would report as a change each time
    JsonPatch.remove('/spec/minReadySeconds'),
    JsonPatch.remove('/spec/template/spec/hostNetwork'),
    JsonPatch.replace('/spec/template/spec/containers/0/resources/requests/memory', { value: '1Gi' }),
    JsonPatch.replace('/spec/template/spec/containers/0/resources/limits/memory', { value: '1Gi' }),
  );
  const service = new kplus.Service(chart, `${name}-service`, { metadata, ports: [{ name: 'http', port: 8080, targetPort: 8080 }] });
  service.selectLabel('app.kubernetes.io/name', name);
  ApiObject.of(service).addJsonPatch(JsonPatch.remove('/spec/externalIPs'));
  const autoscaler = new kplus.HorizontalPodAutoscaler(chart, `${name}-autoscaler`, {
    metadata,
    target: deployment,
    maxReplicas: 162,
    metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70))],
    scaleUp: {
      stabilizationWindow: Duration.seconds(0),
      policies: [
        { replicas: kplus.Replicas.percent(100), duration: Duration.seconds(15) },
        { replicas: kplus.Replicas.absolute(20), duration: Duration.seconds(15) },
      ],
    },
    scaleDown: { stabilizationWindow: Duration.minutes(5), policies: [{ replicas: kplus.Replicas.percent(10), duration: Duration.minutes(1) }] },
  });
  ApiObject.of(autoscaler).addJsonPatch(JsonPatch.remove('/spec/minReplicas'));
  new ApiObject(chart, `${name}-budget`, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata,
    spec: { maxUnavailable: '10%', unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: selector } },
  });
  writeSchedule(chart, name, starter);
}

function writeSchedule(chart: Chart, name: string, starter: string): void {
  const metadata = { name: `${name}-prewarm`, labels: { 'cdk8s-prewarm/service': name } };
  const config = new kplus.ConfigMap(chart, `${name}-config`, { metadata, data: { 'plan.json': planOf(name), 'keeper.js': starter, 'program-configmap': 'service-0-prewarm-keeper' } });
  const serviceAccount = new kplus.ServiceAccount(chart, `${name}-account`, { metadata });
  const role = new kplus.Role(chart, `${name}-role`, { metadata });
  const allow = (verbs: string[], apiGroup: string, resourceType: string, resourceName?: string) =>
    role.allow(verbs, { apiGroup, resourceType, resourceName });
  allow(['get', 'watch', 'patch'], 'autoscaling', 'horizontalpodautoscalers', name);
  allow(['get', 'watch'], 'apps', 'deployments', name);
  allow(['patch'], 'apps', 'deployments/scale', name);
  allow(['get', 'watch'], '', 'configmaps', `${name}-prewarm`);
  allow(['get', 'watch'], '', 'configmaps', `${name}-override`);
  allow(['get'], '', 'configmaps', 'service-0-prewarm-keeper');
  allow(['list'], '', 'pods');
  allow(['create'], '', 'events');
  const binding = new kplus.RoleBinding(chart, `${name}-binding`, { metadata, role });
  binding.addSubjects(serviceAccount);
  ApiObject.of(binding).addJsonPatch(JsonPatch.remove('/subjects/0/apiGroup'));
  const volume = kplus.Volume.fromConfigMap(chart, `${name}-volume`, config, { name: 'prewarm' });

  const job = (role_: string, id: string, args: string[], own: Omit<kplus.CronJobProps, 'schedule'> & { schedule?: Cron }, parallelism = 1) => {
    const labels: { [label: string]: string } = { 'cdk8s-prewarm/service': name, 'cdk8s-prewarm/role': role_, ...(id.includes('-seoul-marathon-') ? { 'cdk8s-prewarm/event': 'seoul-marathon' } : {}) };
    const busy: { [annotation: string]: string } = role_ === 'bump' || role_ === 'verify'
      ? { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false', 'karpenter.sh/do-not-disrupt': 'true' } : {};
    const props = {
      metadata: { name: id, labels },
      serviceAccount,
      automountServiceAccountToken: true,
      terminationGracePeriod: Duration.seconds(10),
      securityContext: { user: 65532, group: 65532 },
      podMetadata: {
        labels: { ...labels, 'sidecar.istio.io/inject': 'false' },
        annotations: { 'sidecar.istio.io/inject': 'false', 'linkerd.io/inject': 'disabled', ...busy },
      },
      containers: [{
        name: 'keeper',
        image: 'node:24.21.0-alpine',
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        args: ['/opt/prewarm/keeper.js', role_, ...args],
        resources: {
          cpu: { request: kplus.Cpu.millis(20), limit: kplus.Cpu.millis(500) },
          memory: { request: Size.mebibytes(64), limit: Size.mebibytes(128) },
        },
        securityContext: { user: 65532, group: 65532 },
        volumeMounts: [{ path: '/opt/prewarm', volume, readOnly: true }],
      }],
    };
    const { schedule, startingDeadline, timeZone: zone, ...both } = own;
    const made = schedule
      ? new kplus.CronJob(chart, id, {
        concurrencyPolicy: kplus.ConcurrencyPolicy.FORBID,
        successfulJobsRetained: 1,
        failedJobsRetained: 3,
        ...props,
        ...both,
        schedule,
        startingDeadline,
        timeZone: zone,
      })
      : new kplus.Job(chart, id, { ...props, ...both });
    for (const taint of ['not-ready', 'unreachable']) {
      made.scheduling.tolerate(kplus.Node.tainted(kplus.NodeTaintQuery.exists(`node.kubernetes.io/${taint}`, {
        effect: kplus.TaintEffect.NO_EXECUTE, evictAfter: Duration.seconds(15),
      })));
    }
    made.podMetadata.addLabel(kplus.Pod.ADDRESS_LABEL, id.replace(/-arm-.*/, '-arm'));
    const spec = schedule ? '/spec/jobTemplate/spec' : '/spec';
    const patches = [
      JsonPatch.replace(`${spec}/template/spec/volumes/0`, {
        name: 'prewarm',
        projected: { sources: [{ configMap: { name: `${name}-prewarm` } }, { configMap: { name: 'service-0-prewarm-keeper', optional: true } }] },
      }),
      JsonPatch.remove(`${spec}/template/spec/hostNetwork`),
      JsonPatch.add(`${spec}/template/spec/enableServiceLinks`, false),
      JsonPatch.add(`${spec}/template/spec/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
      JsonPatch.add(`${spec}/template/spec/containers/0/securityContext/capabilities`, { drop: ['ALL'] }),
      JsonPatch.add(`${spec}/template/spec/containers/0/terminationMessagePolicy`, 'FallbackToLogsOnError'),
    ];
    if (parallelism > 1) {
      made.scheduling.spread({ weight: 100, topology: kplus.Topology.HOSTNAME });
      patches.push(JsonPatch.add(`${spec}/parallelism`, parallelism));
    }
    if (schedule) {
      patches.push(JsonPatch.add('/spec/jobTemplate/metadata', { labels }));
    }
    ApiObject.of(made).addJsonPatch(...patches);
  };
  const cron = (line: string) => {
    const [minute, hour, day, month, weekDay] = line.split(' ');
    return new Cron({ minute, hour, day, month, weekDay });
  };
  const timeZone = 'Asia/Seoul';
  const event = ['--event', 'seoul-marathon'];
  job('arm', `${name}-arm-48d4efd3`, [], { backoffLimit: 2, activeDeadline: Duration.minutes(15) });
  job('bump', `${name}-seoul-marathon-bump`, event, {
    schedule: cron('*/5 7-11 5 12 *'), timeZone, startingDeadline: Duration.minutes(5), backoffLimit: 20, activeDeadline: Duration.minutes(330),
  }, 2);
  job('verify', `${name}-seoul-marathon-verify`, event, {
    schedule: cron('45 9 5 12 *'), timeZone, startingDeadline: Duration.minutes(15), backoffLimit: 0, activeDeadline: Duration.minutes(45),
  });
  job('drop', `${name}-seoul-marathon-drop`, [], {
    schedule: cron('0 12 5 12 *'), timeZone, startingDeadline: Duration.hours(1), backoffLimit: 6, activeDeadline: Duration.hours(1),
  });
}

function planOf(name: string): string {
  return `{
  "version": 1,
  "service": "${name}",
  "target": {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","name":"${name}"},
  "workload": {"apiVersion":"apps/v1","kind":"Deployment","name":"${name}"},
  "baseline": {"floor":2,"ceiling":10},
  "fixedCeiling": 162,
  "guards": 2,
  "startup": "45s",
  "podCapacity": 200,
  "openings": [
    {"event":"seoul-marathon","timeZone":"Asia/Seoul","demand":{"requestsPerSecond":15000},"floor":108,"ceiling":162,"readyBy":"-15m",`
    + `"windows":[{"from":"-3h","until":"+2h","floor":108,"ceiling":162}],"at":["2026-12-05T01:00:00Z"]}
  ]
}
`;
}
