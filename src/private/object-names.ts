import { shortHash } from './hash';
import { isLabel, isOctal, labelLike } from './spelling';
import { shown } from './whole-number';
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

/** `<name>-prewarm-repair`, of the first of the schedules that it serves. */
export function repairJobName(service: string): string {
  return shortened(service, 'prewarm-repair', CRON_JOB_NAME_LIMIT);
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
  if (typeof name !== 'string') {
    throw new Error(`'${prop}' must be a text, such as 'payment', got ${shown(name)}`);
  }
  if (isOctal(name)) {
    throw new Error(`${prop} '${name}' is a number to YAML, and the API server refuses a label that is one; choose another, such as 'x${name}'`);
  }
  if (!isLabel(name)) {
    throw new Error(`${prop} '${name}' must be a DNS label, since the objects are named by it: at most 63 lower-case letters, digits and '-', `
      + `and no '-' at either end${labelLike(name)}; pass 'name' where the construct's id is another`);
  }
}
