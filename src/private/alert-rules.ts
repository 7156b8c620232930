import { cronJobName } from './object-names';
import { LABEL_SERVICE } from '../core/plan/names';
import { ObjectReference, Plan, endOf, stretchesOf } from '../core/plan/plan';
import { knownTargetKindOf } from '../core/plan/target-kind';

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

/** The first job's pod may come a minute late, and metrics are scraped every half. */
const PATIENCE = '2m';

/** The plan's floor as a series, and alerts from it and from kube-state-metrics; silent outside windows but for arm. */
export function alertRulesOf(plan: Plan, namespace: string, armName: string, labels: { readonly [label: string]: string }): Rule[] {
  const { service, baseline, target } = plan;
  const alert = (name: string, expr: string, summary: string, description: string, wait?: string): Rule => ({
    alert: name, expr, ...wait === undefined ? {} : { for: wait }, labels: { ...labels, service }, annotations: { summary, description },
  });
  const jobFailed = (jobs: string) => `max by (namespace, job_name) (kube_job_failed{namespace="${namespace}",condition="true",${jobs}}) > 0`;
  const logs = (role: string) => `kubectl -n ${namespace} logs -l ${LABEL_SERVICE}=${service},cdk8s-prewarm/role=${role} --tail=1`;
  const armFailed = alert('PrewarmArmFailed', jobFailed(`job_name="${armName}"`),
    `${service}: the deploy is not armed`, `What is missing: ${logs('arm')}`);
  if (plan.openings.length === 0) {
    return [armFailed];
  }

  const inWindow = `${PLANNED_FLOOR}{namespace="${namespace}",service="${service}"} > ${baseline.floor}`;
  const floor = floorSeries(target, namespace);
  const verifyJobs = `job_name=~"(${[...new Set(plan.openings.map(({ event }) => cronJobName(service, 'verify', event)))].join('|')})-[0-9]+"`;
  // a Job that failed last year is kept to be read, and must not be told again
  const recent = Math.max(...plan.openings.map(opening => endOf(opening) - opening.readyBy)) / 1_000 + 600;
  return [
    { record: PLANNED_FLOOR, expr: `vector(${plannedFloor(plan)})`, labels: { namespace, service } },
    alert('PrewarmFloorBelowPlan',
      // an autoscaler that is gone has no floor at all
      `(max by (namespace) (${floor}) or max by (namespace) (absent(${floor})) * 0) < on (namespace) (${inWindow})`,
      `${service}: the floor is below the plan's`,
      `${target.kind} ${target.name} has been below the plan for ${PATIENCE}; unless an override says so: prewarm status -n ${namespace}`,
      PATIENCE),
    alert('PrewarmVerifyFailed',
      `${jobFailed(verifyJobs)} and on (namespace, job_name) (time() - max by (namespace, job_name) (kube_job_created{namespace="${namespace}",${
        verifyJobs}}) < ${recent}) and on (namespace) (${inWindow})`,
      `${service}: not ready at the opening`, `What is missing: ${logs('verify')}`),
    armFailed,
  ];
}

/** A sum of the plan's steps, each from its instant on; Prometheus has no calendar of ours. */
function plannedFloor(plan: Plan): string {
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
  step(plan.baseline.floor, stretches[stretches.length - 1].until);
  return steps.join(' ');
}

/** The live floor of a target. */
function floorSeries(target: ObjectReference, namespace: string): string {
  const { metric, labels } = knownTargetKindOf(target).floorSeries(target.name);
  return `${metric}{${Object.entries({ namespace, ...labels }).map(([label, value]) => `${label}="${value}"`).join(',')}}`;
}
