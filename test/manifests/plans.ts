import { encodePlan } from '../../src/core/plan/document';
import { LABEL_SERVICE, PLAN_KEY, configName } from '../../src/core/plan/names';
import { Opening, Plan, PlannedDemand, byInstant } from '../../src/core/plan/plan';
import { WindowShape, windowsOf } from '../../src/core/plan/windows';
import { EpochMs } from '../../src/core/time/instant';
import { Deployed, deployedIn } from '../../src/manifests/deployed';
import { Manifest } from '../../src/manifests/manifest';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Plans as the constructs would write them, and manifests around them. */

export interface OpeningOptions extends Partial<WindowShape> {
  readonly timeZone?: string;
  readonly demand?: PlannedDemand;
  readonly ceiling?: number;
}

export function openingAt(event: string, at: string | EpochMs, floor: number, options: OpeningOptions = {}): Opening {
  const { timeZone = 'Asia/Seoul', demand = { replicas: floor }, ceiling = Math.ceil(floor * 1.5), ...window } = options;
  const instant = typeof at === 'string' ? Date.parse(at) : at;
  const shape = { leadMs: 3 * HOUR, holdMs: 2 * HOUR, readyMarginMs: 15 * MINUTE, ...window };
  return {
    event,
    timeZone,
    at: instant,
    readyBy: instant - shape.readyMarginMs,
    demand,
    floor,
    ceiling,
    windows: windowsOf(instant, shape, { floor, ceiling }),
  };
}

export function planOf(service: string, openings: readonly Opening[], more: Partial<Plan> = {}): Plan {
  return {
    service,
    target: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: service },
    workload: { apiVersion: 'apps/v1', kind: 'Deployment', name: service },
    baseline: { floor: 2, ceiling: 10 },
    guards: 2,
    startupMs: 45_000,
    openings: [...openings].sort(byInstant),
    ...more,
  };
}

/** The marathon of the README. */
export const MARATHON = planOf('registration', [
  openingAt('seoul-marathon', '2026-12-05T10:00:00+09:00', 108, { demand: { requestsPerSecond: 15_000 } }),
], { fixedCeiling: 162, podCapacity: 200 });

/** As of which the marathon is ahead. */
export const NOW = Date.parse('2026-11-22T12:00:00Z');

export function configMap(plan: Plan, namespace = 'marathon'): any {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configName(plan.service), namespace, labels: { [LABEL_SERVICE]: plan.service } },
    data: { [PLAN_KEY]: encodePlan(plan) },
  };
}

export function deployment(name: string, { resources = { requests: { cpu: '1', memory: '1Gi' } }, ...spec }: any = {}, namespace = 'marathon'): any {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { template: { spec: { containers: [{ name: 'main', image: 'registry.example.com/main:1', resources }] } }, ...spec },
  };
}

export function autoscaler(name: string, spec: any = {}, namespace = 'marathon'): any {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, maxReplicas: 162, ...spec },
  };
}

export function other(apiVersion: string, kind: string, name: string, rest: any = {}, namespace = 'marathon'): any {
  return { apiVersion, kind, metadata: { name, namespace }, ...rest };
}

/** Objects as manifests; each stands in a line of its own, with its path as the column's name would. */
export function deployed(...objects: readonly any[]): Deployed {
  return deployedIn(objects.map((object, i): Manifest => ({
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    namespace: object.metadata.namespace,
    object,
    at: (...path) => ({ file: path.join('.'), line: i + 1, column: 1 }),
  })));
}

/** As YAML that holds JSON, a document for each. */
export function yamlOf(...objects: readonly any[]): string {
  return objects.map(object => JSON.stringify(object, undefined, 2)).join('\n---\n');
}
