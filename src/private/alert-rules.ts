import { cronJobName } from './object-names';
import { LABEL_SERVICE, guardsName } from '../core/plan/names';
import { Plan, SCHEDULED, endOf, stretchesOf } from '../core/plan/plan';
import { Series, knownTargetKindOf, targetKindOf } from '../core/plan/target-kind';

/** A rule of Prometheus. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly [label: string]: string };
  readonly annotations?: { readonly [name: string]: string };
}

/** Dashboards know it by this name. */
const PLANNED_FLOOR = 'prewarm:planned_floor';

/** The floor whose pods must be Ready: from the ready margin of an opening to the end of its windows; else 0. */
const READY_FLOOR = 'prewarm:ready_floor';

/** The first job's pod may come a minute late, and metrics are scraped every half. */
const PATIENCE = '2m';

/** Of what is said by one look of a controller. */
const SHORT = '1m';

/** The plan's floor as a series, and alerts from it and from kube-state-metrics; all but that of arm are about openings. */
export function alertRulesOf(plan: Plan, namespace: string, armName: string, labels: { readonly [label: string]: string }): Rule[] {
  const { service, baseline, target, workload, guards } = plan;
  const alert = (name: string, expr: string, summary: string, description: string, wait?: string): Rule => ({
    alert: name, expr, ...wait === undefined ? {} : { for: wait }, labels: { ...labels, service }, annotations: { summary, description },
  });
  const record = (name: string, expr: string): Rule => ({ record: name, expr, labels: { namespace, service } });
  const failedJobs = (jobs: string) => `max by (namespace, job_name) (kube_job_failed{namespace="${namespace}",condition="true",${jobs}}) > 0`;
  const logs = (role: string) => `kubectl -n ${namespace} logs -l ${LABEL_SERVICE}=${service},cdk8s-prewarm/role=${role} --tail=1`;
  const status = `prewarm status -n ${namespace}`;
  const armFailed = alert('PrewarmArmFailed', failedJobs(`job_name="${armName}"`), `${service}: the deploy is not armed`, `What is missing: ${logs('arm')}`);
  if (plan.openings.length === 0) {
    return [armFailed];
  }

  const selector = `{namespace="${namespace}",service="${service}"}`;
  const inWindow = `${PLANNED_FLOOR}${selector} > ${baseline.floor}`;
  const floor = floorSeriesOf(plan, namespace);
  const ready = targetKindOf(workload)?.readySeries?.(workload.name);
  return [
    record(PLANNED_FLOOR, floorSteps(plan)),
    ...floor === undefined ? [] : [alert('PrewarmFloorBelowPlan',
      // an autoscaler that is gone has no floor at all
      `${one(inWindow)} unless on (namespace) (${one(floor)} >= on (namespace) ${one(`${PLANNED_FLOOR}${selector}`)})`,
      `${service}: the floor is below the plan's`,
      `${target.kind} ${target.name} has been below the plan for ${PATIENCE}; unless an override says so: ${status}`,
      PATIENCE)],
    ...verifyAlerts(plan, namespace).map(({ name, expr, wait, summary }) => alert(name, expr, `${service}: ${summary}`, `What is missing: ${logs('verify')}`, wait)),
    armFailed,
    ...guards === 0 ? [] : [alert('PrewarmNoGuard',
      `${one(inWindow)} unless on (namespace) (${
        one(seriesText({ metric: 'kube_deployment_status_replicas_ready', labels: { deployment: guardsName(service) } }, namespace))} > 0)`,
      `${service}: no guard runs`,
      `Nothing would put the floor back at once, for ${PATIENCE} of a window: ${status}`,
      PATIENCE)],
    ...ready === undefined ? [] : [
      record(READY_FLOOR, floorSteps(duePlan(plan))),
      alert('PrewarmPodsNotReady',
        `${one(`${READY_FLOOR}${selector} > 0`)} unless on (namespace) (${one(seriesText(ready, namespace))} >= on (namespace) ${one(`${READY_FLOOR}${selector}`)})`,
        `${service}: pods of the floor are not Ready`,
        `Since the ready margin, or during the event, fewer pods are Ready than the plan's floor, for ${SHORT}; which and why: ${status}`,
        SHORT),
    ],
    ...ceilingOf(plan, namespace, inWindow).map(expr => alert('PrewarmCeilingReached', expr,
      `${service}: the seat belt is used up`,
      `The autoscaler asks for as many pods as its ceiling allows; what to do: ${status}`,
      SHORT)),
  ];
}

interface VerifyAlert {
  readonly name: string;
  readonly expr: string;
  readonly wait?: string;
  readonly summary: string;
}

/**
 * A verify that has failed, whenever that is; and one whose pod does not run.
 *
 * The Job of a pod that cannot start fails only hours later, by its deadline.
 */
function verifyAlerts({ service, openings, protection }: Plan, namespace: string): VerifyAlert[] {
  if (protection === SCHEDULED) {
    return [];
  }
  const names = `(${[...new Set(openings.map(({ event }) => cronJobName(service, 'verify', event)))].join('|')})-[0-9]+`;
  const of = (metric: string, more = '') => `max by (namespace, job_name) (${metric}{namespace="${namespace}",${more}job_name=~"${names}"})`;
  // a Job that failed last year is kept to be read, and must not be told again
  const recent = Math.max(...openings.map(opening => endOf(opening) - opening.readyBy)) / 1_000 + 600;
  const isRecent = `time() - ${of('kube_job_created')} < ${recent}`;
  const failed = `${of('kube_job_failed', 'condition="true",')} > 0`;
  // without a pattern of its own: `$1` would be a variable to those who replace some in manifests
  const running = 'max by (namespace, job_name) (label_join('
    + `(kube_pod_status_phase{namespace="${namespace}",phase="Running",pod=~"${names}-.*"} > 0) `
    + `* on (namespace, pod) group_left (owner_name) kube_pod_owner{namespace="${namespace}",owner_kind="Job"}, "job_name", "", "owner_name"))`;
  const on = 'on (namespace, job_name)';
  return [
    { name: 'PrewarmVerifyFailed', expr: `${failed} and ${on} (${isRecent})`, summary: 'not ready at the opening' },
    {
      name: 'PrewarmVerifyNotRunning',
      expr: `${isRecent} unless ${on} (${of('kube_job_status_succeeded')} > 0) unless ${on} (${failed}) unless ${on} ${running}`,
      wait: PATIENCE,
      summary: 'nobody verifies the opening, the pod of verify does not run',
    },
  ];
}

/** The autoscaler asks for as many pods as its ceiling allows, where that is above its floor; none for targets without one. */
function ceilingOf(plan: Plan, namespace: string, inWindow: string): string[] {
  const of = (field: string) => one(autoscalerSeries(plan, namespace, field) ?? '');
  const [desired, most, least] = ['status_desired', 'spec_max', 'spec_min'].map(of);
  return autoscalerSeries(plan, namespace, 'spec_max') === undefined ? [] : [
    `${desired} >= on (namespace) ${most} and on (namespace) (${most} > on (namespace) ${least}) and on (namespace) (${inWindow})`,
  ];
}

/** The live floor of a target; undefined: nobody is known to show it, and no rule is better than one that always fires. */
function floorSeriesOf(plan: Plan, namespace: string): string | undefined {
  const { target } = plan;
  const series = knownTargetKindOf(target).floorSeries?.(target.name);
  return autoscalerSeries(plan, namespace, 'spec_min') ?? (series && seriesText(series, namespace));
}

/** A figure of the target's HorizontalPodAutoscaler, whoever has made it; undefined: it has none. */
function autoscalerSeries({ target, workload }: Plan, namespace: string, field: string): string | undefined {
  const row = knownTargetKindOf(target);
  const { metric: floorMetric = '', labels = {} } = row.floorSeries?.(target.name) ?? {};
  if (!floorMetric.startsWith('kube_horizontalpodautoscaler_')) {
    return undefined;
  }
  const metric = `kube_horizontalpodautoscaler_${field}_replicas`;
  const byName = seriesText({ metric, labels }, namespace);
  if (row.follows !== 'keda') {
    return byName;
  }
  // a ScaledObject may give its autoscaler another name than KEDA does; what it scales tells it
  const info = seriesText({ metric: 'kube_horizontalpodautoscaler_info', labels: { scaletargetref_kind: workload.kind, scaletargetref_name: workload.name } }, namespace);
  return `${byName} or ${metric}{namespace="${namespace}"} and on (namespace, horizontalpodautoscaler) ${info}`;
}

/** The plan of what must be Ready: each opening's floor from its ready margin on. */
function duePlan(plan: Plan): Plan {
  const openings = plan.openings.map(opening => ({
    ...opening,
    windows: opening.windows.map(window => ({ ...window, from: Math.max(window.from, opening.readyBy) })).filter(({ from, until }) => from < until),
  }));
  return { ...plan, baseline: { ...plan.baseline, floor: 0 }, openings: openings.filter(({ windows }) => windows.length > 0) };
}

/** A sum of the plan's steps, each from its instant on; Prometheus has no calendar of ours. */
function floorSteps(plan: Plan): string {
  let floor = plan.baseline.floor;
  const steps = [`${floor}`];
  const stretches = stretchesOf(plan);
  const step = (to: number, at: number) => {
    if (to !== floor) {
      steps.push(`${to > floor ? '+' : '-'} ${Math.abs(to - floor)} * (time() >= bool ${at / 1_000})`);
      floor = to;
    }
  };
  stretches.forEach(stretch => step(stretch.floor, stretch.from));
  stretches.slice(-1).forEach(({ until }) => step(plan.baseline.floor, until));
  return `vector(${steps.join(' ')})`;
}

/** One figure for the namespace, whatever else the series are labelled with. */
function one(expr: string): string {
  return `max by (namespace) (${expr})`;
}

function seriesText({ metric, labels }: Series, namespace: string): string {
  return `${metric}{${Object.entries({ namespace, ...labels }).map(([label, value]) => `${label}="${value}"`).join(',')}}`;
}
