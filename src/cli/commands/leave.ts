import { Command } from 'commander';
import { titleOf } from '../../core/kube-objects';
import { leavingOf } from '../../core/plan/leaving';
import { liveOf, podsOf, specOf } from '../../core/plan/live';
import { isMalformed } from '../../core/plan/override';
import { MOST_REPLICAS, endOf, planAt } from '../../core/plan/plan';
import { boundsOf, listedKindOf, targetKindOf } from '../../core/plan/target-kind';
import { EpochMs } from '../../core/time/instant';
import { formatSome } from '../../core/time/numbers';
import { wrap } from '../../report/table';
import { FallsShort, Io, WrongInput } from '../io';
import { ClusterOptions, Kubectl, Named } from '../kubectl';
import { Belongings, belongingsOf, listOf, sourceOf } from '../leaving/belongings';
import { LeavingService, Patch, carryOut, release } from '../leaving/carry-out';
import { Held, heldAmong, heldIn, heldText } from '../leaving/held';
import { orphanCommand, orphanText, orphansAmong } from '../leaving/orphans';
import { ServiceView, findPlans, isRead, viewServices } from '../service-view';
import { clockNear, zoneOf } from '../standing/words';

/** `prewarm leave`: a service goes on without a schedule, and loses no pod by that. */
export function leaveCommand(io: Io): Command {
  return new Command('leave')
    .description('Takes a schedule out of a cluster: its target keeps the floor of between events, and its jobs, account and plan are deleted.')
    .argument('[service]', 'name of the schedule; one whose plan is gone already may have left a floor, or objects')
    .option('--floor <count>', 'floor that stays (default: that of between events; needed inside a window)')
    .option('--only <kind/name>', 'give back only that object, which was the target before; the schedule itself stays')
    .option('--dry-run', 'only print what would stay and what would go')
    .option('--orphans', 'only list floors that a keeper holds whose plan is gone')
    .option('--context <name>', "one of kubectl's contexts (default: the current one)")
    .option('-n, --namespace <name>', "the service's namespace (default: the context's)")
    .addHelpText('after', `
Examples:
  $ prewarm leave payment -n tickets --dry-run
  $ prewarm leave payment -n tickets
  $ prewarm leave --orphans -n tickets

It can be interrupted, and run again. docs/moving-out.md explains what becomes of the floor, and what to do under GitOps.
Writes through your kubectl. Exit code 0: done, 1: not all is done, or a floor was found, 2: the command line is wrong, or the cluster refuses.`)
    .action(async (service: string | undefined, options: LeaveOptions) => {
      const kubectl = new Kubectl(io, options);
      if (options.orphans) {
        if (service !== undefined || options.floor !== undefined || options.dryRun) {
          throw new WrongInput('--orphans looks through the whole namespace, and changes nothing; leave out the service and the other options');
        }
        return listOrphans(io, kubectl, options);
      }
      if (service === undefined) {
        throw new WrongInput("name the schedule that is to go, such as 'prewarm leave payment -n tickets'; --orphans lists floors whose plan is gone");
      }
      await leave(io, kubectl, service, options);
    });
}

interface LeaveOptions extends ClusterOptions {
  readonly floor?: string;
  readonly only?: string;
  readonly dryRun?: boolean;
  readonly orphans?: boolean;
}

async function listOrphans(io: Io, kubectl: Kubectl, { namespace }: LeaveOptions): Promise<void> {
  const [plans, held] = await Promise.all([findPlans(kubectl, false), heldIn(kubectl)]);
  const orphans = orphansAmong(held, plans);
  for (const orphan of orphans) {
    io.out(`${orphanText(orphan)}; this gives it back:`);
    io.out(`  ${orphanCommand(orphan, namespace)}`);
  }
  io.out(orphans.length === 0 ? 'no keeper holds a floor without a plan' : `${formatSome(orphans.length, 'object')} held without a plan`);
  if (orphans.length > 0) {
    throw new FallsShort();
  }
}

async function leave(io: Io, kubectl: Kubectl, service: string, options: LeaveOptions): Promise<void> {
  const asked = floorIn(options);
  const [{ now }, plans] = await Promise.all([kubectl.time(), findPlans(kubectl, false)]);
  const found = plans.find(plan => plan.service === service);
  const [belongings, held, [view]] = await Promise.all([
    belongingsOf(service, kubectl), heldIn(kubectl), found && isRead(found) ? viewServices(kubectl, [found], 'tell') : [],
  ]);
  const own = heldAmong([...held.map(({ object }) => object), ...customIn(view)]).filter(one => one.service === service);
  const objects = listOf(belongings);
  if (!found && own.length === 0 && objects.length === 0) {
    throw new WrongInput(`${options.namespace === undefined ? "the context's namespace" : `namespace ${options.namespace}`} has no service '${service}', `
      + `and nothing of it is left${plans.length > 0 ? `; it has ${plans.map(plan => plan.service).join(', ')}` : ''}; -n names another namespace`);
  }
  const say = (text: string) => wrap(text, Math.min(io.columns, 100) - 2).forEach((line, i) => io.out(i === 0 ? line : `  ${line}`));
  if (options.only !== undefined) {
    return giveBackOnly(options.only, orphansAmong(own, plans), asked, { io, kubectl, service, belongings: NOTHING, held: [], say });
  }
  if (view) {
    refuseHaste(view, asked, now);
  }
  const stays = view?.target ? staying(view, view.target as Named, asked) : stayingAsIs(service, own, asked);
  stays.sentences.forEach(say);
  if (objects.length > 0) {
    say(`${options.dryRun ? 'these would go' : 'these go'}: ${objects.map(titleOf).join(', ')}`);
  }
  const source = sourceOf(objects);
  if (source !== undefined) {
    say(`they come from ${source}: take the schedule of ${service} out of its manifests, or it makes them again`);
  }
  if (options.dryRun) {
    say('nothing is changed');
    return;
  }
  await carryOut({ io, kubectl, service, belongings, held: own, say }, stays.patches);
}

const NOTHING: Belongings = { cronJobs: [], running: [], others: [] };

/** What a target that was renamed has kept of its schedule. */
async function giveBackOnly(only: string, orphans: readonly Held[], asked: number | undefined, leaving: LeavingService): Promise<void> {
  const held = orphans.filter(({ object: { kind, metadata } }) => only.toLowerCase() === `${kind.toLowerCase()}/${metadata.name}`);
  if (held.length === 0) {
    const others = orphans.map(({ object: { kind, metadata } }) => `${kind.toLowerCase()}/${metadata.name}`).join(', ');
    throw new WrongInput(`--only (${only}) must be an object that ${leaving.service} holds and whose plan names another: ${others || 'there is none'}`);
  }
  const { sentences, patches } = stayingAsIs(leaving.service, held, asked);
  sentences.forEach(leaving.say);
  await release({ ...leaving, held }, patches);
}

/** Target and workload, which may be of kinds that no table has. */
function customIn(view: ServiceView | undefined): Named[] {
  return [view?.target, view?.workload].filter((object): object is Named => object !== undefined && !listedKindOf(object));
}

function floorIn({ floor }: LeaveOptions): number | undefined {
  if (floor === undefined) {
    return undefined;
  }
  const count = /^\d+$/.test(floor) ? Number(floor) : NaN;
  if (!(count >= 1 && count <= MOST_REPLICAS)) {
    throw new WrongInput(`--floor (${floor}) must be a whole number of at least 1 and at most ${MOST_REPLICAS}`);
  }
  return count;
}

/** In a window, and while an override is in force, people count on a floor that nobody would hold any longer. */
function refuseHaste({ plan, override, target, service }: ServiceView, asked: number | undefined, now: EpochMs): void {
  if (asked !== undefined) {
    return;
  }
  const [opening] = planAt(plan, now).openings;
  const floor = target && targetKindOf(target) ? boundsOf(target).floor : plan.baseline.floor;
  const clock = (at: EpochMs) => clockNear(at, zoneOf(plan, now), now);
  const way = `or say which floor stays: --floor ${floor} keeps the one that stands`;
  if (opening) {
    throw new WrongInput(`${service} is inside a window of ${opening.event}; leave after ${clock(endOf(opening))}, ${way}`);
  }
  if (override && !isMalformed(override) && override.until > now) {
    throw new WrongInput(`${service} has an override of floor ${override.floor} until ${clock(override.until)}; clear it first, ${way}`);
  }
}

// ---- what stays

interface Staying {
  readonly sentences: readonly string[];
  readonly patches: readonly Patch[];
}

function staying({ plan, workload }: ServiceView, target: Named, asked: number | undefined): Staying {
  const { kind, metadata: { name } } = target;
  if (!targetKindOf(target)) {
    return { sentences: [`${kind} ${name} is of no kind that this program knows; its floor stays as it is`], patches: [] };
  }
  const live = liveOf(target, plan);
  const { then, write, isCeilingHeld } = leavingOf(plan, live, podsOf(workload, live), asked);
  const bounds = [`floor ${then.floor}`, ...then.ceiling === undefined ? [] : [`ceiling ${then.ceiling}`]].join(', ');
  const before = [`floor ${live.floor}`, ...live.ceiling === undefined ? [] : [`ceiling ${live.ceiling}`]].join(', ');
  return {
    sentences: [
      write ? `${kind} ${name} gets ${bounds} (now ${before}) and keeps them` : `${kind} ${name} keeps ${bounds}`,
      ...then.floor > plan.baseline.floor && asked === undefined
        ? [`that floor was set by ${live.floorHand?.manager ?? 'another hand'}, between events the plan asks for ${plan.baseline.floor}; --floor takes it back`] : [],
      ...isCeilingHeld ? [`the ceiling stays above ${plan.baseline.ceiling}: so many pods live, and nothing cuts them; lower it once they are fewer`] : [],
    ],
    patches: write ? [{ object: target, spec: specOf(plan.target, write), sentence: `${kind} ${name}: ${bounds}` }] : [],
  };
}

/** Of a service whose plan, or whose target, is gone: only what its keeper still holds tells what its target was. */
function stayingAsIs(service: string, held: readonly Held[], asked: number | undefined): Staying {
  const holding = held.filter(({ object, fields }) => fields.includes(targetKindOf(object)?.floor.field ?? ''));
  if (asked === undefined) {
    return { sentences: held.map(one => `${heldText(one)} by the keeper of ${service}; it stays`), patches: [] };
  }
  return {
    sentences: holding.map(({ object }) => `${titleOf(object)} gets floor ${asked} (now ${boundsOf(object).floor})`),
    patches: holding.map(({ object }) => ({ object, spec: specOf(object, { floor: asked }), sentence: `${titleOf(object)}: floor ${asked}` })),
  };
}
