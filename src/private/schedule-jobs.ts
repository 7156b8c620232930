import { Duration } from 'cdk8s';
import { KeeperJob } from './keeper-jobs';
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
