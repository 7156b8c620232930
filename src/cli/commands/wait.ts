import { Command, InvalidArgumentError } from 'commander';
import { KubeObject, Pod } from '../../core/kube-objects';
import { LABEL_ROLE, LABEL_SERVICE } from '../../core/plan/names';
import { formatSome } from '../../core/time/numbers';
import { parseOffset } from '../../core/time/offset';
import { formatSpan } from '../../core/time/words';
import { FallsShort, Io, WrongInput } from '../io';
import { Job } from '../job-objects';
import { ClusterOptions, Kubectl, Named } from '../kubectl';
import { FoundPlan, findPlans, isOfKind, planNamed, somePlans } from '../service-view';
import { latestOf, podsOf, stateOf } from '../standing/last-run';
import { whyNoPod } from '../standing/refusals';
import { JobStanding } from '../standing/types';

/** `prewarm wait`: after a deploy, until it is proved or has failed. */
export function waitCommand(io: Io): Command {
  return new Command('wait')
    .description('Waits after a deploy until the arm job of every service has proved it. Ends at once when one has failed, and says why.')
    .argument('[service]', 'name of one schedule (default: all of the namespace)')
    .option('--timeout <span>', "how long to wait, such as '5m'", spanArgument, DEFAULT_TIMEOUT)
    .option('--context <name>', "one of kubectl's contexts (default: the current one)")
    .option('-n, --namespace <name>', "the services of this namespace (default: the context's)")
    .addHelpText('after', `
Examples:
  $ prewarm wait -n marathon
  $ prewarm wait registration -n marathon --timeout 5m

An arm job itself waits ten minutes for what is still missing. The newest arm job of a service counts: delete the old ones before the deploy.
Reads through your kubectl. Exit code 0: all are armed, 1: one has failed, or the time is over, 2: the command line is wrong, or the cluster cannot be read.`)
    .action(async (service: string | undefined, options: WaitOptions) => {
      await waitForArms(io, service, options);
    });
}

interface WaitOptions extends ClusterOptions {
  readonly timeout: Span;
}

/** A span of time, as it was written. */
interface Span {
  readonly ms: number;
  toString(): string;
}

/** The arm job of a service. */
interface Arm {
  readonly service: string;
  /** Absent: none is there. */
  readonly job?: Named<Job>;
  readonly state: JobStanding['state'];
  /** Why it failed, or what it waits for. */
  readonly message?: string;
}

/** Arm's own patience is ten minutes; its pod has to start before. */
const DEFAULT_TIMEOUT: Span = { ms: 11 * 60_000, toString: () => '11m' };
const LOOK_MS = 2_000;

function spanArgument(text: string): Span {
  const ms = parseOffset(`+${text}`);
  if (!ms) {
    throw new InvalidArgumentError("Write a span such as '90s', '5m' or '1h30m'.");
  }
  return { ms, toString: () => text };
}

/** @throws FallsShort when one has failed, or the time is over */
async function waitForArms(io: Io, service: string | undefined, options: WaitOptions): Promise<void> {
  const kubectl = new Kubectl(io, options);
  const plans = await findPlans(kubectl, false);
  const found = service === undefined ? somePlans(plans, options.namespace) : [planNamed(service, plans, options.namespace)];
  const there = kubectl.in(found[0].namespace);
  const deadline = io.now() + options.timeout.ms;
  const said = new Map<string, string>();
  let arms = await look(there, found);
  for (;;) {
    for (const arm of arms.filter(one => said.get(one.service) !== progressOf(one))) {
      io.err(progressOf(arm));
      said.set(arm.service, progressOf(arm));
    }
    const failed = arms.filter(({ state }) => state === 'failed');
    if (failed.length > 0) {
      throw new FallsShort(`${failed.length} of ${formatSome(arms.length, 'service')} not armed; its log: ${failed.map(arm => logOf(arm, found[0])).join('; ')}`);
    }
    const open = arms.filter(({ state }) => state !== 'complete');
    if (open.length === 0) {
      io.out(`armed: ${formatSome(arms.length, 'service')}`);
      return;
    }
    if (io.now() + LOOK_MS > deadline) {
      throw new FallsShort([`not armed after ${formatSpan(options.timeout.ms)}:`, ...open.map(progressOf)].join('\n  '));
    }
    await io.sleep(LOOK_MS);
    arms = await look(there, found).catch(error => toldAndGone(io, error, arms));
  }
}

/** A cluster that does not answer for a while, in the middle of a wait, is no failed deploy. */
function toldAndGone(io: Io, error: unknown, arms: readonly Arm[]): readonly Arm[] {
  if (!(error instanceof WrongInput)) {
    throw error;
  }
  io.err(error.message);
  return arms;
}

/** One call for all, and one more for each that has no pod. */
async function look(kubectl: Kubectl, plans: readonly FoundPlan[]): Promise<readonly Arm[]> {
  const objects = await kubectl.get('jobs,pods', '--selector', `${LABEL_SERVICE},${LABEL_ROLE}=arm`);
  return Promise.all(plans.map(async ({ service }): Promise<Arm> => {
    const ours = objects.filter(({ metadata }) => metadata.labels?.[LABEL_SERVICE] === service && !metadata.deletionTimestamp);
    const job = latestOf(ours.filter(isOfKind<Named<Job>>('Job')));
    const pods = job ? podsOf(job, ours.filter(isOfKind<Named<Pod & KubeObject>>('Pod'))) : [];
    const { state, message } = stateOf(job, pods);
    const why = job && state !== 'complete' && pods.length === 0 ? await whyNoPod(kubectl, job) : undefined;
    return { service, job, state, message: why ?? message };
  }));
}

function progressOf({ service, state, message }: Arm): string {
  const why = message ? `: ${message}` : '';
  switch (state) {
    case 'not yet run': return `${service}: no arm job is there yet`;
    case 'running': return `${service}: arm has not finished${why}`;
    case 'complete': return `${service}: armed`;
    case 'failed': return `${service}: arm failed${why}`;
  }
}

/** A command to copy. */
function logOf({ job }: Arm, { namespace }: FoundPlan): string {
  return `kubectl -n ${namespace} logs job/${job!.metadata.name}`;
}
