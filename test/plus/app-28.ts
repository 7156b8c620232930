// An app whose own cdk8s-plus is cdk8s-plus-28: it compiles, and so do objects of that version.
import { App, Chart, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Demand, EventScaleSchedule, OpeningEvent, PrewarmedService } from 'cdk8s-prewarm';

export const app = new App();
const chart = new Chart(app, 'shop', { namespace: 'shop' });
const marathon = OpeningEvent.once('marathon', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(3) });

new PrewarmedService(chart, 'queue', {
  image: 'registry.example.com/queue:5.0.2',
  cpu: kplus.Cpu.millis(500),
  events: [{ event: marathon, demand: Demand.replicas(60) }],
  autoscaling: {
    metrics: [
      kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(50)),
      kplus.Metric.resourceMemory(kplus.MetricTarget.averageUtilization(80)),
    ],
  },
  container: {
    envVariables: { REGION: kplus.EnvValue.fromValue('seoul') },
    resources: { cpu: { request: kplus.Cpu.millis(500) } },
    imagePullPolicy: kplus.ImagePullPolicy.ALWAYS,
  },
  keeper: {
    imagePullSecret: kplus.Secret.fromSecretName(chart, 'Pull', 'pull'),
    webhookUrl: { secret: kplus.Secret.fromSecretName(chart, 'Hook', 'hook'), key: 'url' },
  },
  manifest: {
    container: { readinessProbe: { httpGet: { path: '/ready', port: 8080 } } },
    pod: { dnsPolicy: 'Default', volumes: [{ name: 'cache', emptyDir: {} }] },
    autoscaler: { behavior: { scaleDown: { selectPolicy: 'Disabled' } } },
  },
});

// an autoscaler of that version is a target as it is
const deployment = new kplus.Deployment(chart, 'Search', {
  metadata: { name: 'search' }, containers: [{ image: 'registry.example.com/search:1.4.0', resources: { cpu: { request: kplus.Cpu.units(1) } } }],
});
new EventScaleSchedule(chart, 'search', {
  target: new kplus.HorizontalPodAutoscaler(chart, 'SearchScaler', {
    metadata: { name: 'search' },
    target: deployment,
    minReplicas: 2,
    maxReplicas: 20,
    metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(60))],
  }),
  events: [{ event: marathon, demand: Demand.replicas(40) }],
});
