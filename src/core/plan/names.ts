/** Names that constructs give and that keeper and command line look for. */

export const LABEL_SERVICE = 'cdk8s-prewarm/service';
export const LABEL_EVENT = 'cdk8s-prewarm/event';
export const LABEL_ROLE = 'cdk8s-prewarm/role';

/** Kubernetes' own label of the pods of a Job, with its name. */
export const LABEL_JOB_NAME = 'batch.kubernetes.io/job-name';

/** Annotation that says in plain words what will happen when. */
export const ANNOTATION_SUMMARY = 'cdk8s-prewarm/summary';

/** Annotation of the guards' pods: which program they run, so that another one replaces them. */
export const ANNOTATION_PROGRAM = 'cdk8s-prewarm/program';

/** Annotation of a target that is sized at its `/scale`: which size a keeper has written there, as `40 by cdk8s-prewarm-lobby`. */
export const ANNOTATION_SIZE = 'cdk8s-prewarm/size';

/** Annotation of any object: which findings about it are known, and why they may stay, as `ID: reason; ID: reason`. */
export const ANNOTATION_ALLOW = 'cdk8s-prewarm/allow';

/** The jobs: at deploy time, from the start of a window, before the opening, at its end, every ten minutes between events. */
export type JobRole = 'arm' | 'bump' | 'verify' | 'drop' | 'repair';

/** Whatever runs the keeper: the jobs, and the guards, which are pods of a Deployment. */
export type KeeperRole = JobRole | 'guard';

/** The jobs of one event. */
export type CronRole = 'bump' | 'verify' | 'drop';

/** How long before its time a run of each job may start; it then waits. */
export interface RoleWaits {
  readonly bump: number;
  readonly verify: number;
  readonly drop: number;
}

/** Keys of the ConfigMap `<service>-prewarm`: the plan, what the jobs start, and where the program is that it hands over to. */
export const PLAN_KEY = 'plan.json';
export const KEEPER_KEY = 'keeper.js';
export const PROGRAM_CONFIG_KEY = 'program-configmap';

/** Key of the ConfigMap that all services of a chart share: the program. */
export const PROGRAM_KEY = 'program.js';

/** Key of the ConfigMap of a repair: the services that it goes through. */
export const REPAIRED_KEY = 'repaired.json';

/** Where the jobs mount both ConfigMaps. */
export const MOUNT_PATH = '/opt/prewarm';

/** Environment variable of the jobs that carries the webhook's URL, from a Secret. */
export const WEBHOOK_VARIABLE = 'PREWARM_WEBHOOK_URL';

/** Cron lines step by this inside windows; a run that starts at most this long before an edge of the plan waits for it. */
export const CRON_STEP_MS = 5 * 60_000;

/** The ConfigMap of a service: its plan, and what its jobs start. */
export function configName(service: string): string {
  return `${service}-prewarm`;
}

/** The ConfigMap with the program of all services of a chart; it bears the name of the first. */
export function programConfigName(service: string): string {
  return `${service}-prewarm-keeper`;
}

/** The Deployment of a service's guards. */
export function guardsName(service: string): string {
  return `${service}-prewarm-guards`;
}

/** ConfigMap, account and role of the repair of all services of a chart; they bear the name of the first. */
export function repairName(service: string): string {
  return `${service}-prewarm-repair`;
}

/** The ConfigMap that the person on call writes. */
export function overrideName(service: string): string {
  return `${service}-override`;
}

/** The keeper's field manager. */
export function managerName(service: string): string {
  return `${MANAGER_PREFIX}${service}`;
}

/** How every keeper's field manager begins. */
export const MANAGER_PREFIX = 'cdk8s-prewarm-';

/** The container of a job's pod that runs the keeper; others may stand beside it. */
export const KEEPER_CONTAINER = 'keeper';
