import { shortHash } from './hash';
import { isLabel, labelLike } from './spelling';
import { JobRole } from '../core/plan/names';

/** What Kubernetes allows for the name of a CronJob: eleven characters less than a DNS label. */
const CRON_JOB_NAME_LIMIT = 52;

/** What it allows for a Job, whose name becomes a label of its pods. */
const JOB_NAME_LIMIT = 63;

/** `<name>-<event>-<role>`, or `<name>-<role>` for the jobs that serve all events. */
export function cronJobName(service: string, role: JobRole, event?: string): string {
  return shortened([service, event].filter(part => part !== undefined).join('-'), role, CRON_JOB_NAME_LIMIT);
}

/** `<name>-arm-<hash>`, or `<name>-arm` where a tool replaces the Job on each sync. */
export function armName(service: string, hash?: string): string {
  return shortened(service, hash === undefined ? 'arm' : `arm-${hash}`, JOB_NAME_LIMIT);
}

/** Stably: the end stays readable, a hash of the whole stands for what is cut. */
function shortened(start: string, end: string, limit: number): string {
  const whole = `${start}-${end}`;
  if (whole.length <= limit) {
    return whole;
  }
  const hash = shortHash(start);
  return `${start.slice(0, limit - hash.length - end.length - 2).replace(/-+$/, '')}-${hash}-${end}`;
}

/** Refuses what cannot be part of the objects' names. */
export function checkName(prop: string, name: string): void {
  if (!isLabel(name)) {
    throw new Error(`${prop} '${name}' must be a DNS label, since the objects are named by it: at most 63 lower-case letters, digits and '-', `
      + `and no '-' at either end${labelLike(name)}; pass 'name' where the construct's id is another`);
  }
}
