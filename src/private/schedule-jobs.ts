import { Duration } from 'cdk8s';
import { CheckedSchedule } from './checked-schedule';
import { shortHash } from './hash';
import { KeeperCron, KeeperJob } from './keeper-jobs';
import { cronJobName } from './object-names';
import { ANNOTATION_SUMMARY } from '../core/plan/names';
import { KeeperOptions } from '../keeper-options';

/** The job of each deploy. */
export function armJob(name: string, { argoCdHook }: KeeperOptions): KeeperJob {
  return {
    role: 'arm',
    name,
    annotations: argoCdHook
      ? { 'argocd.argoproj.io/hook': 'PostSync', 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation' }
      : undefined,
    // the keeper itself retries; more pods would only hide what it says
    backoffLimit: 2,
    // an image that cannot be pulled must become a failed deploy
    activeDeadline: Duration.minutes(15),
  };
}

/** The job between events. */
export function repairJob({ name, namespace, baseline }: CheckedSchedule): KeeperCron {
  return {
    role: 'repair',
    name: cronJobName(name, 'repair'),
    annotations: { [ANNOTATION_SUMMARY]: `between events: floor ${baseline.floor}` },
    // not all schedules of a cluster at once
    schedule: `${parseInt(shortHash(`${namespace}/${name}`), 16) % 60} * * * *`,
    timeZone: 'UTC',
    startingDeadline: Duration.minutes(30),
    backoffLimit: 2,
    activeDeadline: Duration.minutes(30),
  };
}
