import { podOf } from './containers';
import { DeployedJob, DeployedService } from './deployed';
import { withDefaults } from './limit-range';
import { Manifest } from './manifest';
import { limitRangesOf } from './pods';
import { Member } from '../core/plan/fleet';
import { GUARDS_AHEAD_MS } from '../core/plan/guards';
import { Opening, Plan } from '../core/plan/plan';
import { ParsedPod, podLimitOf, podRequestOf } from '../core/plan/pod-shape';
import { groupOf } from '../core/plan/reference';
import { pluralOf } from '../core/plan/target-kind';

/** What a quota may count, and how much of it one pod asks for. */
const OF_A_POD: { readonly [field: string]: (pod: ParsedPod) => number } = {
  'pods': () => 1,
  'count/pods': () => 1,
  'cpu': pod => podRequestOf(pod, 'cpu') ?? 0,
  'requests.cpu': pod => podRequestOf(pod, 'cpu') ?? 0,
  'memory': pod => podRequestOf(pod, 'memory') ?? 0,
  'requests.memory': pod => podRequestOf(pod, 'memory') ?? 0,
  'limits.cpu': pod => podLimitOf(pod, 'cpu') ?? 0,
  'limits.memory': pod => podLimitOf(pod, 'memory') ?? 0,
};

/** What the pods of a service ask of a field of a quota over time, the keepers' own included; undefined where it does not count pods. */
export function membersOf(field: string, service: DeployedService, manifests: readonly Manifest[]): Member[] | undefined {
  const amountOf = OF_A_POD[field];
  if (!amountOf) {
    return undefined;
  }
  const limitRanges = limitRangesOf(service, manifests);
  const weightOf = (manifest: Manifest | undefined) => amountOf(withDefaults(podOf(manifest), limitRanges));
  return [
    { plan: service.plan, weight: weightOf(service.workload) },
    ...service.jobs.flatMap(job => {
      const plan = keepersOf(job, service.plan);
      return plan ? [{ plan, weight: weightOf(job.manifest) }] : [];
    }),
  ];
}

/** The pods of a job as a plan of their own: guards through all windows, verify from the ready margin to the opening. */
function keepersOf({ role, event }: DeployedJob, plan: Plan): Plan | undefined {
  const count = role === 'guard' ? plan.guards : 1;
  const spanOf = ({ at, readyBy, windows }: Opening) => role === 'verify'
    ? [{ from: readyBy, until: at }]
    : windows.map(({ from, until }) => ({ from: from - GUARDS_AHEAD_MS, until }));
  // bump is gone within seconds, as drop, repair and arm are
  const stays = role === 'verify' || (role === 'guard' && count > 0);
  return !stays ? undefined : {
    ...plan,
    baseline: { floor: 0, ceiling: 0 },
    fixedCeiling: undefined,
    openings: plan.openings.filter(opening => role === 'guard' || opening.event === event).map(opening => ({
      ...opening,
      floor: count,
      ceiling: count,
      windows: spanOf(opening).map(({ from, until }) => ({ from, until, floor: count, ceiling: count })),
    })),
  };
}

/** How many objects of a kind that a quota counts the manifests make, jobs of CronJobs included; undefined where it does not count objects. */
export function objectsOf(field: string, namespace: string | undefined, manifests: readonly Manifest[]): number | undefined {
  const resource = field.startsWith('count/') ? field.slice('count/'.length) : CORE_OBJECTS.has(field) ? field : undefined;
  if (resource === undefined || resource === 'pods') {
    return undefined;
  }
  const here = manifests.filter(manifest => manifest.namespace === namespace);
  const made = here.filter(manifest => resourceOf(manifest) === resource).length;
  // one that runs, and those that are kept
  const ofCronJobs = resource === 'jobs.batch'
    ? here.filter(({ kind }) => kind === 'CronJob').reduce((sum, { object }) => sum + 1 + (object.spec?.successfulJobsHistoryLimit ?? 3), 0)
    : 0;
  return made + ofCronJobs;
}

/** What a quota counts under its plain name too. */
const CORE_OBJECTS: ReadonlySet<string> = new Set(['configmaps', 'secrets', 'services']);

function resourceOf({ apiVersion, kind }: Manifest): string {
  const group = groupOf(apiVersion);
  return group === '' ? pluralOf({ kind }) : `${pluralOf({ apiVersion, kind })}.${group}`;
}
