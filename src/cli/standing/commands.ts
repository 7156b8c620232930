import { Finding } from '../../core/finding';
import { JobRole } from '../../core/plan/names';
import { ObjectReference } from '../../core/plan/plan';
import { groupOf } from '../../core/plan/reference';
import { ServiceView } from '../service-view';

/** What there is to type about a finding. */
type WayOut = Pick<Finding, 'remedy' | 'command'>;

/** The CronJob of which a run outside its hours applies the plan; undefined: none is there. */
export function applierOf({ cronJobs }: ServiceView): string | undefined {
  return APPLIERS.map(role => cronJobs.find(job => job.role === role)?.object.metadata.name).find(name => name !== undefined);
}

/** The best first: repair does nothing else. */
const APPLIERS: readonly JobRole[] = ['repair', 'drop', 'bump'];

/** The command that applies what is asked for at once; undefined: no job is there that could. */
export function applyNow(view: ServiceView): string | undefined {
  const cronJob = applierOf(view);
  return cronJob === undefined ? undefined : `kubectl -n ${view.namespace} create job --from=cronjob/${cronJob} ${cronJob}-$(date +%s)`;
}

/** The same finding, whose command acts on the cluster in which it was found, whatever kubectl's current context is. */
export function inContext<T extends Finding>(finding: T, context: string | undefined): T {
  const { command } = finding;
  if (context === undefined || command === undefined) {
    return finding;
  }
  const quoted = /^[\w@%+=:,./-]+$/.test(context) ? context : `'${context.replaceAll("'", "'\\''")}'`;
  return { ...finding, command: command.replace(/^(?:kubectl|prewarm [a-z]+)(?= )/, program => `${program} --context ${quoted}`) };
}

/** That what is asked for is applied at once, and how. */
export function applying(view: ServiceView, remedy: string): WayOut {
  const command = applyNow(view);
  return command === undefined ? { remedy: 'deploy again: none of the jobs that would apply it is there' } : { remedy, command };
}

/** That a workload is brought to a size by hand. */
export function scaling({ namespace }: ServiceView, { apiVersion, kind, name, plural }: ObjectReference, replicas: number): WayOut {
  const type = plural === undefined ? kind.toLowerCase() : `${plural}.${groupOf(apiVersion)}`;
  return { remedy: 'this raises it', command: `kubectl -n ${namespace} scale ${type}/${name} --replicas=${replicas}` };
}

/** That a suspended CronJob runs again. */
export function resuming({ namespace }: ServiceView, cronJob: string): WayOut {
  return { remedy: 'this resumes it', command: `kubectl -n ${namespace} patch cronjob ${cronJob} -p '{"spec":{"suspend":false}}'` };
}

/** That the override goes away. */
export function clearing({ service, namespace }: ServiceView): WayOut {
  return { remedy: 'this removes it', command: `prewarm override ${service} -n ${namespace} --clear` };
}
