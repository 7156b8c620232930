import { Command } from 'commander';
import { LABEL_SERVICE, overrideName } from '../../core/plan/names';
import { Opening, endOf, planAt, startOf, SCHEDULED } from '../../core/plan/plan';
import { MOST_POSTPONED_MS, POSTPONED_KEY, Postponement, postponedPlan, readPostponements, writePostponements } from '../../core/plan/postpone';
import { EpochMs } from '../../core/time/instant';
import { parseOffset } from '../../core/time/offset';
import { MINUTE } from '../../core/time/wall-clock';
import { formatSpan } from '../../core/time/words';
import { wrap } from '../../report/table';
import { FallsShort, Io, WrongInput } from '../io';
import { ClusterOptions, Kubectl } from '../kubectl';
import { ReadPlan, ServiceView, findPlans, somePlans, viewServices } from '../service-view';
import { guardsOf } from '../standing/guards';
import { isActive } from '../standing/last-run';
import { clockNear } from '../standing/words';

interface PostponeOptions extends ClusterOptions {
  readonly by?: string;
  readonly clear?: boolean;
}

/** `prewarm postpone`: the opening that is near comes later, for all services of a namespace. */
export function postponeCommand(io: Io): Command {
  return new Command('postpone')
    .description('Puts the next opening of an event off, for every service of a namespace that answers to it.')
    .argument('<event>', 'id of the event')
    .option('--by <span>', "how much later than it is to open now: '30m', '1h15m'")
    .option('--clear', 'open when it was planned to')
    .option('--context <name>', "one of kubectl's contexts (default: the current one)")
    .option('-n, --namespace <name>', "the services of this namespace (default: the context's)")
    .addHelpText('after', `
Examples:
  $ prewarm postpone seoul-marathon -n marathon --by 30m
  $ prewarm postpone seoul-marathon -n marathon --clear

The floor rises when it was planned to, and stays up so much longer. docs/openings.md says what becomes of the jobs.
Writes through your kubectl. Exit code 0: done, 1: no job could be started, 2: the command line is wrong, or the cluster refuses.`)
    .action(async (event: string, options: PostponeOptions) => {
      const byMs = spanIn(options);
      const kubectl = new Kubectl(io, options);
      const [{ now }, plans] = await Promise.all([kubectl.time(), findPlans(kubectl, false)]);
      const found = somePlans(plans, options.namespace).filter((plan): plan is ReadPlan => !('unreadable' in plan.plan));
      const views = await viewServices(kubectl, found);
      const near = views.flatMap(view => {
        const opening = view.plan.openings.find(one => one.event === event && endOf(one) > now);
        return opening ? [{ view, opening }] : [];
      });
      if (near.length === 0) {
        const events = [...new Set(views.flatMap(({ plan }) => plan.openings.filter(one => endOf(one) > now).map(one => one.event)))];
        throw new WrongInput(`no service has an opening of '${event}' ahead; there ${events.length === 1 ? 'is' : 'are'} ${events.join(', ') || 'none at all'}`);
      }
      // all or none: services that open at different instants are worse than a late command
      const first = Math.min(...near.map(({ opening }) => opening.at));
      const due = near.filter(({ opening }) => opening.at === first);
      due.forEach(({ opening }) => refuseTooFar(opening, byMs));
      for (const { view, opening } of due) {
        await postpone({ io, kubectl: kubectl.in(view.namespace), view, now }, opening, byMs);
      }
    });
}

/** Undefined: to clear it. */
function spanIn({ by, clear }: PostponeOptions): number | undefined {
  if (clear && by !== undefined) {
    throw new WrongInput('--clear has the event open when it was planned to, and goes with no --by');
  }
  if (clear) {
    return undefined;
  }
  const ms = by === undefined ? undefined : parseOffset(`+${by.replace(/^\+/, '')}`);
  if (ms === undefined || ms < MINUTE || ms % MINUTE !== 0) {
    throw new WrongInput(`${by === undefined ? 'it' : `--by (${by})`} needs a span of whole minutes, such as --by 30m`);
  }
  return ms;
}

function refuseTooFar({ event, at, plannedAt = at }: Opening, byMs: number = 0): void {
  const total = at + byMs - plannedAt;
  if (total > MOST_POSTPONED_MS) {
    throw new WrongInput(`${event} would open ${formatSpan(total)} later than planned, more than the ${formatSpan(MOST_POSTPONED_MS)} for which its jobs stay; `
      + 'change its time in the app and deploy that: docs/openings.md');
  }
}

interface Work {
  readonly io: Io;
  readonly kubectl: Kubectl;
  readonly view: ServiceView;
  readonly now: EpochMs;
}

async function postpone(work: Work, opening: Opening, byMs: number | undefined): Promise<void> {
  const { view, io, now } = work;
  const { event, timeZone = 'UTC', at, plannedAt = at } = opening;
  const before = readPostponements(view.overriding?.[POSTPONED_KEY]).postponements;
  const others = before.filter(one => one.event !== event || one.at !== plannedAt);
  const postponements: Postponement[] = byMs === undefined ? others : [...others, { event, at: plannedAt, to: at + byMs }];
  await write(work, postponements, timeZone);
  const then = postponedPlan(view.plan, postponements).openings.find(one => one.event === event && (one.plannedAt ?? one.at) === plannedAt)!;
  const clock = (instant: EpochMs) => clockNear(instant, timeZone, now);
  const say = (text: string) => wrap(text, Math.min(io.columns, 100) - 2).forEach((line, i) => io.out(i === 0 ? line : `  ${line}`));
  const instead = then.at === plannedAt ? ', as planned' : ` instead of ${clock(plannedAt)}`;
  say(`${view.service}: ${event} opens at ${clock(then.at)}${instead}; floor ${then.floor} from ${clock(startOf(then))} until ${clock(endOf(then))}, `
    + `ready by ${clock(then.readyBy)}`);
  await startJobs(work, then, say);
}

/** What else the object says stays: a floor that somebody asks for has nothing to do with when it opens. */
async function write({ kubectl, view }: Work, postponements: readonly Postponement[], zone: string): Promise<void> {
  const { service, namespace, overriding } = view;
  const { [POSTPONED_KEY]: _, ...rest } = overriding ?? {};
  const data = { ...rest, ...(postponements.length === 0 ? {} : { [POSTPONED_KEY]: writePostponements(postponements, zone) }) };
  if (Object.keys(data).length > 0) {
    await kubectl.put({
      apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: overrideName(service), namespace, labels: { [LABEL_SERVICE]: service } }, data,
    }, overriding !== undefined);
  } else if (overriding) {
    await kubectl.delete('configmap', overrideName(service));
  }
}

/** Jobs that run follow by themselves; those whose minute has passed are started once more. */
async function startJobs({ io, kubectl, view, now }: Work, opening: Opening, say: (text: string) => void): Promise<void> {
  const { event, plannedAt = opening.at } = opening;
  const isOn = planAt({ ...view.plan, openings: [opening] }, now).openings.length > 0;
  const isVerifyDue = opening.readyBy - (opening.at - plannedAt) <= now && now < opening.at;
  const runs = (role: 'bump' | 'verify') => view.jobs.some(job => job.role === role && job.event === event && isActive(job.object));
  const needed = [
    ...isOn && !runs('bump') && guardsOf(view) === 0 ? ['bump' as const] : [],
    ...isVerifyDue && view.plan.protection !== SCHEDULED && !runs('verify') ? ['verify' as const] : [],
  ];
  for (const role of needed) {
    const cronJob = view.cronJobs.find(job => job.role === role && job.event === event)?.object.metadata.name;
    if (cronJob === undefined) {
      throw new FallsShort(`${view.service}: ${event} is postponed, but its ${role} is not there; deploy again`);
    }
    // a CronJob's name leaves ten characters: milliseconds, which come again after months, when the job is long gone
    const job = `${cronJob}-${String(io.now()).slice(-10)}`;
    await kubectl.runOnce(cronJob, job);
    say(`its ${role} does not run now: started job ${job}`);
  }
}
