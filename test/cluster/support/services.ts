import { ApiObjectProps, Chart, Duration, Size, Yaml } from 'cdk8s';
import { Cpu, Replicas } from 'cdk8s-plus-28';
import { kubectl, eventually } from './cluster';
import { instant } from './manifests';
import { Namespace } from './namespace';
import { MINUTE } from '../../support/durations';
import { Demand, OpeningEvent, PrewarmedService, PrewarmedServiceOptions } from 'cdk8s-prewarm';


/** An event whose window begins at an instant; it opens two minutes later. */
export function eventFrom(from: number, options: { readonly minutes: number; readonly id?: string }): OpeningEvent {
  return OpeningEvent.once(options.id ?? 'opening', {
    at: instant(from + 2 * MINUTE),
    lead: Duration.minutes(2),
    hold: Duration.minutes(options.minutes - 2),
    readyMargin: Duration.minutes(1),
  });
}

/** A lowered floor would otherwise be acted upon minutes later, when the autoscaler has forgotten the pods' start. */
const SCALES_DOWN_AT_ONCE = {
  scaleDown: { stabilizationWindow: Duration.seconds(0), policies: [{ replicas: Replicas.percent(100), duration: Duration.seconds(15) }] },
};

/** A service small enough for many on one cluster; `floor` pods through the event. */
export function serviceIn(chart: Chart, name: string, floor: number, event: OpeningEvent, options: PrewarmedServiceOptions = {}): PrewarmedService {
  return new PrewarmedService(chart, name, {
    image: `registry.example.com/${name}:1`,
    startupTime: Duration.seconds(5),
    cpu: Cpu.millis(100),
    memory: Size.mebibytes(128),
    baseline: { floor: 2 },
    events: [{ event, demand: Demand.replicas(floor) }],
    autoscaling: SCALES_DOWN_AT_ONCE,
    ...options,
  });
}

/** What somebody else deploys: a Deployment, and its autoscaler; fields left out are not in the manifest. */
export function foreignManifests(name: string, options: ForeignOptions): string {
  return Yaml.stringify(foreignDeployment(name, options), foreignAutoscaler(name, options));
}

export interface ForeignOptions {
  readonly replicas?: number;
  readonly floor?: number;
  readonly ceiling: number;
  /** What a pod requests. @default 100m */
  readonly cpu?: string;
  readonly podAnnotations?: { readonly [annotation: string]: string };
  /** Absent: pods leave as soon as the autoscaler wants fewer. */
  readonly behavior?: 'of Kubernetes';
}

/** Of `foreignManifests`, for who adds it to an app. */
export function foreignDeployment(name: string, { replicas, cpu = '100m', podAnnotations }: Omit<ForeignOptions, 'ceiling'>): ApiObjectProps {
  const securityContext = {
    runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' },
  };
  const container = { name: 'main', image: `registry.example.com/${name}:1`, resources: { requests: { cpu } }, securityContext };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      ...replicas === undefined ? {} : { replicas },
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name }, annotations: podAnnotations }, spec: { containers: [container] } },
    },
  };
}

/** Of `foreignManifests`, for who adds it to an app. */
export function foreignAutoscaler(name: string, { floor, ceiling, behavior }: ForeignOptions): ApiObjectProps {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      ...floor === undefined ? {} : { minReplicas: floor },
      maxReplicas: ceiling,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
      ...behavior === undefined ? { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } } : {},
    },
  };
}

/** Waits until the newest arm job of each schedule in a namespace has done its work. */
export async function armed(namespace: Namespace, selector = 'cdk8s-prewarm/role=arm'): Promise<void> {
  await kubectl(['-n', namespace.name, 'wait', '--for=condition=complete', 'job', '-l', selector, '--timeout=90s']);
}

/** Starts bump by hand, as after a night in which it did not start: the window of a test need not wait for its CronJob's next fifth minute. */
export async function bump(namespace: Namespace, service: string): Promise<void> {
  await namespace.kubectl(['create', 'job', `${service}-by-hand`, `--from=cronjob/${service}-opening-bump`]);
}

/** Waits until `count` guards of a service watch over its floor. */
export async function guarded(namespace: Namespace, service: string, count = 2): Promise<void> {
  await eventually(`${count} guards of ${service}`, 150_000, async () => {
    const pods = await namespace.pods(`cdk8s-prewarm/service=${service},cdk8s-prewarm/role=guard`);
    return pods.filter(pod => pod.status.phase === 'Running').length >= count;
  });
}
