import { Command } from 'commander';
import { TargetObject } from '../../core/kube-objects';
import { decide } from '../../core/plan/decide';
import { liveOf } from '../../core/plan/live';
import { LABEL_SERVICE, overrideName } from '../../core/plan/names';
import { Override, Wanted, isMalformed, wantedAt } from '../../core/plan/override';
import { CONFIRM_KEY, MOST_OVERRIDE_MS, MOST_TIMES, beyondBounds } from '../../core/plan/override-bounds';
import { MOST_REPLICAS, Plan, edgesOf, highestOf, planAt } from '../../core/plan/plan';
import { POSTPONED_KEY } from '../../core/plan/postpone';
import { nextRun, parseCron } from '../../core/time/cron-next';
import { EpochMs, isoOf } from '../../core/time/instant';
import { formatSome } from '../../core/time/numbers';
import { parseOffset } from '../../core/time/offset';
import { DAY, MINUTE, dateOf, formatIn, parseDateTime, parseTime, resolveWall, wallAt } from '../../core/time/wall-clock';
import { formatMoment, formatSpan } from '../../core/time/words';
import { wrap } from '../../report/table';
import { FallsShort, Io, WrongInput } from '../io';
import { ClusterOptions, Kubectl, Named, resourceOf } from '../kubectl';
import { ReadPlan, ServiceView, findPlans, planNamed, viewServices } from '../service-view';
import { applierOf, applyNow } from '../standing/commands';
import { guardsOf } from '../standing/guards';
import { clockNear, ownerText, zoneOf } from '../standing/words';

/** `prewarm override`: another floor than the plan's, until a stated time. */
export function overrideCommand(io: Io): Command {
  return new Command('override')
    .description("Asks for another floor than a service's plan does, until a stated time.")
    .argument('<service>', 'name of the schedule')
    .option('--floor <count>', 'least number of replicas until then, above or below the plan')
    .option('--until <when>', "'13:00' in the event's time zone, '2026-12-05T13:00:00+09:00', or '+90m'")
    .option('--ceiling <count>', "most replicas (default: the plan's, or the floor where that is higher)")
    .option('--confirm <floor>', `the floor once more, where it is more than ${MOST_TIMES} times the plan's highest ceiling`)
    .option('--reason <text>', 'reason, shown to everybody who looks')
    .option('--clear', 'remove the override: the plan is in force again')
    .option('--context <name>', "one of kubectl's contexts (default: the current one)")
    .option('-n, --namespace <name>', "the service's namespace (default: the context's)")
    .option('--no-wait', 'do not wait until the floor has followed')
    .addHelpText('after', `
Examples:
  $ prewarm override registration -n marathon --floor 120 --until 13:00
  $ prewarm override registration -n marathon --clear

Writes through your kubectl. Exit code 0: the floor has followed, 1: it has not, 2: the command line is wrong, or the cluster refuses.`)
    .action(async (service: string, options: OverrideOptions) => {
      const asked = askedFor(options);
      const kubectl = new Kubectl(io, options);
      const [{ now }, plans] = await Promise.all([kubectl.time(), findPlans(kubectl, false)]);
      const found = planOf(service, plans, options);
      const override = asked && overrideOf(asked, found.plan, now);
      if (override) {
        refuseBeyond(override, options, found.plan, now);
      }
      const there = kubectl.in(found.namespace);
      const [view] = await viewServices(there, [found]);
      await carryOut({ io, kubectl: there, view, now, waits: options.wait, confirmed: options.confirm }, override);
    });
}

interface OverrideOptions extends ClusterOptions {
  readonly floor?: string;
  readonly until?: string;
  readonly ceiling?: string;
  readonly confirm?: string;
  readonly reason?: string;
  readonly clear?: boolean;
  readonly wait: boolean;
}

/** What the command line asks for, before it is known which zone its times are in. */
interface Asked extends Omit<Override, 'until'> {
  readonly until: string;
}

/** How long the floor may take to follow: a job's pod has to start. */
const FOLLOW_MS = 60_000;
const LOOK_MS = 1_000;

// ---- what is asked for

/** Undefined: to clear it. */
function askedFor({ clear, floor, ceiling, until, confirm, reason }: OverrideOptions): Asked | undefined {
  if (clear) {
    if ([floor, ceiling, until, confirm, reason].some(value => value !== undefined)) {
      throw new WrongInput('--clear removes the override and needs no other option; leave out --floor, --ceiling, --until, --confirm and --reason');
    }
    return undefined;
  }
  if (floor === undefined || until === undefined) {
    throw new WrongInput('an override needs --floor and --until, such as --floor 120 --until 13:00; --clear removes one');
  }
  const least = countIn('--floor', floor, 1);
  return {
    floor: least,
    until,
    ...(ceiling === undefined ? {} : { ceiling: countIn('--ceiling', ceiling, least) }),
    ...(reason ? { reason } : {}),
  };
}

function countIn(option: string, text: string, least: number): number {
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(count) || count < least) {
    throw new WrongInput(`${option} (${text}) must be a whole number of at least ${least}${option === '--ceiling' ? ', the floor' : ''}`);
  }
  if (count > MOST_REPLICAS) {
    throw new WrongInput(`${option} (${text}) must be at most ${MOST_REPLICAS}, the greatest number of replicas that the API takes`);
  }
  return count;
}

function overrideOf({ until: text, ...bounds }: Asked, plan: Plan, now: EpochMs): Override {
  const until = instantOf(text, zoneOf(plan, now), now);
  if (until <= now) {
    throw new WrongInput(`--until (${text}) is ${isoOf(until)}, ${formatSpan(now - until)} ago; name an instant ahead, or '+90m'`);
  }
  return { ...bounds, until };
}

/** What keepers would not follow. */
function refuseBeyond(override: Override, { floor, ceiling, until, confirm }: OverrideOptions, plan: Plan, now: EpochMs): void {
  const highest = highestOf(plan).ceiling;
  const refusal = beyondBounds(override, confirm, plan, now);
  if (refusal === undefined) {
    return;
  }
  if (override.until > now + MOST_OVERRIDE_MS) {
    throw new WrongInput(`--until (${until}) is ${formatSpan(override.until - now)} ahead, and an override lasts at most ${MOST_OVERRIDE_MS / DAY} days; `
      + 'name an earlier instant, or change the plan');
  }
  const option = override.floor > MOST_TIMES * highest ? `--floor (${floor})` : `--ceiling (${ceiling})`;
  throw new WrongInput(`${option} is more than ${MOST_TIMES} times the highest ceiling of the plan (${highest}); if that is meant, add --confirm ${override.floor}`);
}

/** A span from now to the end of its minute, a wall time of today or tomorrow, or a date and time; without an offset in the zone of the plan. */
function instantOf(text: string, zone: string, now: EpochMs): EpochMs {
  const span = text.startsWith('+') ? parseOffset(text) : undefined;
  if (span !== undefined) {
    return Math.ceil((now + span) / MINUTE) * MINUTE;
  }
  const time = parseTime(text);
  if (time !== undefined) {
    const today = Date.parse(dateOf(wallAt(zone, now))) + time;
    return wallIn(zone, today, text, now) ?? wallIn(zone, today + DAY, text, now)!;
  }
  const written = parseDateTime(text);
  if (!written) {
    throw new WrongInput(`--until (${text}) is no time; write '13:00' (${zone}), '2026-12-05T13:00:00+09:00', or '+90m'`);
  }
  return written.offset === undefined ? wallIn(zone, written.wall, text, -Infinity)! : written.wall - written.offset;
}

/** Undefined where that wall time is over. */
function wallIn(zone: string, wall: number, text: string, now: EpochMs): EpochMs | undefined {
  const instant = resolveWall(zone, wall);
  if (typeof instant !== 'number') {
    throw new WrongInput(`--until (${text}) is ${instant.kind} by a clock change in ${zone}; write '${instant.instead[0]}' or '${instant.instead[1]}'`);
  }
  return instant > now ? instant : undefined;
}

function planOf(service: string, plans: Awaited<ReturnType<typeof findPlans>>, { namespace }: OverrideOptions): ReadPlan {
  const found = planNamed(service, plans, namespace);
  if ('unreadable' in found.plan) {
    throw new WrongInput(`an override of ${service} would not be followed: ${found.plan.unreadable}`);
  }
  return found as ReadPlan;
}

// ---- carrying it out

interface Work {
  readonly io: Io;
  readonly kubectl: Kubectl;
  readonly view: ServiceView;
  readonly now: EpochMs;
  readonly waits: boolean;
  /** The floor once more, where it was asked for. */
  readonly confirmed?: string;
}

async function carryOut(work: Work, override: Override | undefined): Promise<void> {
  const { view } = work;
  const say = (text: string) => wrap(text, Math.min(work.io.columns, 100) - 2).forEach((line, i) => work.io.out(i === 0 ? line : `  ${line}`));
  if (override) {
    await write(work, override, say);
  } else if (await removeOverride(work)) {
    say(`${view.service}: the override is gone, the plan is in force: floor ${planAt(view.plan, work.now).floor}`);
  } else {
    say(`${view.service} has no override: the plan is in force: floor ${planAt(view.plan, work.now).floor}`);
  }
  await haveItApplied(work, say);
  if (override) {
    say(whatThen(work, override));
  }
  if (work.waits) {
    await seeItFollow(work, wantedAt(view.plan, override, work.now), say);
  }
}

type Say = (text: string) => void;

/** Whether there was one. Openings that are postponed stay so: that is another wish. */
async function removeOverride({ kubectl, view }: Work): Promise<boolean> {
  const postponed = postponedIn(view);
  if (Object.keys(postponed).length === 0) {
    return kubectl.delete('configmap', overrideName(view.service));
  }
  const isThere = view.override !== undefined;
  if (isThere) {
    await kubectl.put(objectOf(view, postponed), true);
  }
  return isThere;
}

function postponedIn({ overriding }: ServiceView): { readonly [key: string]: string } {
  const postponed = overriding?.[POSTPONED_KEY];
  return postponed === undefined ? {} : { [POSTPONED_KEY]: postponed };
}

function objectOf({ service, namespace }: ServiceView, data: { readonly [key: string]: string }): Parameters<Kubectl['put']>[0] {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    // none of the plan's other labels: a deployment tool that knows its objects by them would take this one for its own, and prune it
    metadata: { name: overrideName(service), namespace, labels: { [LABEL_SERVICE]: service } },
    data,
  };
}

async function write({ kubectl, view, now, confirmed }: Work, override: Override, say: Say): Promise<void> {
  const { service, plan } = view;
  const { floor, ceiling, until, reason } = override;
  const zone = zoneOf(plan, now);
  await kubectl.put(objectOf(view, {
    floor: String(floor),
    ...(ceiling === undefined ? {} : { ceiling: String(ceiling) }),
    until: formatIn(zone, until),
    ...(confirmed === undefined ? {} : { [CONFIRM_KEY]: confirmed }),
    ...(reason === undefined ? {} : { reason }),
    ...postponedIn(view),
  }), view.overriding !== undefined);
  const bounds = ceiling === undefined ? `floor ${floor}` : `floor ${floor}, ceiling ${ceiling}`;
  say(`${service}: ${bounds} until ${formatMoment(until, zone)} ${zone} (${isoOf(until)}), in ${formatSpan(until - now)}`);
  if (view.override && !isMalformed(view.override) && view.override.until > now) {
    say(`it replaces the override of floor ${view.override.floor} until ${clockNear(view.override.until, zone, now)}`);
  }
  warningsOf(plan, override, now).forEach(warning => say(`note: ${warning}`));
}

function warningsOf(plan: Plan, { floor, until }: Override, now: EpochMs): string[] {
  const zone = zoneOf(plan, now);
  const highest = Math.max(...[now, ...edgesOf(plan).filter(edge => edge > now && edge < until)].map(at => planAt(plan, at).floor));
  const openings = plan.openings.filter(({ at }) => at >= now && at < until);
  return [
    ...(floor < highest ? [`that is less than the plan asks for until then, ${highest}`] : []),
    ...(floor < highest ? openings.map(({ event, at }) => `the opening of ${event} at ${clockNear(at, zone, now)} is within that time`) : []),
    ...(plan.fixedCeiling !== undefined && floor > plan.fixedCeiling
      ? [`that is above the ceiling of the manifests, ${plan.fixedCeiling}: until then the API server refuses a deploy of these manifests; no pod is lost by that`]
      : []),
  ];
}

/** Guards follow by themselves; where none runs, a job is started. */
async function haveItApplied({ io, kubectl, view }: Work, say: Say): Promise<void> {
  const guards = guardsOf(view);
  if (guards > 0) {
    say(`${formatSome(guards, 'guard')} running: the floor follows within a second`);
    return;
  }
  const cronJob = applierOf(view);
  if (!cronJob) {
    throw new FallsShort('no job is there that could apply the override; deploy again');
  }
  // a CronJob's name leaves ten characters: milliseconds, which come again after months, when the job is long gone
  const job = `${cronJob}-${String(io.now()).slice(-10)}`;
  await kubectl.runOnce(cronJob, job);
  say(`no guard runs now: started job ${job}, which applies it`);
}

/** Who puts the plan's floor back at the override's end, and when. */
function whatThen({ view, now }: Work, { until }: Override): string {
  const { plan, cronJobs } = view;
  const then = planAt(plan, until);
  const zone = zoneOf(plan, now);
  const at = `at ${clockNear(until, zone, now)} the plan is in force again, floor ${then.floor}`;
  if (then.openings.length > 0) {
    return `${at}: ${plan.guards > 0 ? 'guards put it back at once' : 'the next run of bump puts it back within 5 minutes'}`;
  }
  const repair = cronJobs.find(({ role, object }) => role === 'repair' && object.spec.suspend !== true)?.object.spec;
  const run = repair && nextRun(parseCron(repair.schedule), repair.timeZone ?? 'UTC', until - 1);
  return run === undefined
    ? `${at}, but no repair puts it back; do it then: ${applyNow(view)}`
    : `${at}: the repair puts it back at ${clockNear(run, zone, now)}, and the autoscaler then removes the pods that are too many`;
}

async function seeItFollow({ io, kubectl, view, now }: Work, wanted: Wanted, say: Say): Promise<void> {
  const { plan } = view;
  for (let waited = 0; ; waited += LOOK_MS) {
    const [target] = await kubectl.get<Named<TargetObject>>(resourceOf(plan.target));
    if (!target) {
      throw new FallsShort(`${plan.target.kind} ${plan.target.name} is not there: deploy it`);
    }
    const live = liveOf(target, plan);
    const { floor: action } = decide(wanted, live);
    if (action === 'right' || action === 'adopt') {
      say(`the floor is ${live.floor} now`);
      return;
    }
    if (action === 'keep') {
      say(`the floor stays at ${live.floor}, ${ownerText(live.floorHand, now)}: the keeper never lowers a floor that somebody else has set; lower it by hand`);
      return;
    }
    if (waited >= FOLLOW_MS) {
      throw new FallsShort(`the floor is still ${live.floor} after ${formatSpan(FOLLOW_MS)}; the override is written, but no job has applied it: `
        + `prewarm status -n ${view.namespace} says more`);
    }
    await io.sleep(LOOK_MS);
  }
}
