import { Deployed, DeployedService, ceilingOf, titleOf } from './deployed';
import { Opening, Plan, byInstant, endOf, startOf } from '../core/plan/plan';
import { formatDemand } from '../core/plan/sizing';
import { targetKindOf } from '../core/plan/target-kind';
import { EpochMs } from '../core/time/instant';
import { formatCount } from '../core/time/numbers';

/** One difference between two sets of manifests. */
export interface Change {
  readonly service: string;
  readonly kind: 'service-added' | 'service-removed' | 'field' | 'openings-added' | 'openings-removed' | 'openings-moved' | 'openings-changed';
  /** Of a field, or of what differs between two openings. */
  readonly field?: string;
  readonly before?: Side;
  readonly after?: Side;
  /** Instants that are concerned, oldest first; of those that moved, the new ones. */
  readonly event?: string;
  readonly timeZone?: string;
  readonly at?: readonly EpochMs[];
  /** Of those that moved: the old ones, in the order of `at`. */
  readonly from?: readonly EpochMs[];
}

/** What stands on one side; spans in milliseconds where the field's name ends in `Ms`. */
export type Side = string | number;

/** What changes when `after` is applied where `before` was. */
export function diffOf(before: Deployed, after: Deployed): Change[] {
  const old = new Map(before.services.map(service => [titleOf(service), service]));
  const fresh = new Map(after.services.map(service => [titleOf(service), service]));
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((service): Change[] => {
    const [was, is] = [old.get(service), fresh.get(service)];
    if (!was || !is) {
      const { plan } = (was ?? is)!;
      return [
        { service, kind: was ? 'service-removed' : 'service-added' },
        ...openingChanges(service, was ? plan : { ...plan, openings: [] }, is ? plan : { ...plan, openings: [] }),
      ];
    }
    return [...fieldChanges(service, was, is), ...openingChanges(service, was.plan, is.plan)];
  });
}

/** All of a plan but its openings, by the names under which people know it. */
function fieldsOf({ plan, target }: DeployedService): { readonly [field: string]: Side | undefined } {
  const reference = ({ kind, name }: Plan['target']) => `${kind} ${name}`;
  const floor = targetKindOf(plan.target)?.floor;
  return {
    'target': reference(plan.target),
    'workload': reference(plan.workload),
    'baseline floor': plan.baseline.floor,
    'baseline ceiling': plan.baseline.ceiling,
    'ceiling in the manifest': plan.fixedCeiling,
    'guards': plan.guards,
    'startupMs': plan.startupMs,
    'capacity of a pod': plan.podCapacity,
    'floor in the manifest': floor && target?.object.spec?.[floor.field],
  };
}

function fieldChanges(service: string, was: DeployedService, is: DeployedService): Change[] {
  const [before, after] = [fieldsOf(was), fieldsOf(is)];
  return Object.keys(after).filter(field => before[field] !== after[field]).map(field => ({
    service,
    kind: 'field',
    field,
    ...(before[field] === undefined ? {} : { before: before[field] }),
    ...(after[field] === undefined ? {} : { after: after[field] }),
  }));
}

function openingChanges(service: string, was: Plan, is: Plan): Change[] {
  const events = new Set([...was.openings, ...is.openings].sort(byInstant).map(({ event }) => event));
  return [...events].flatMap(event => {
    const old = new Map(was.openings.filter(opening => opening.event === event).map(opening => [opening.at, opening]));
    const fresh = new Map(is.openings.filter(opening => opening.event === event).map(opening => [opening.at, opening]));
    const gone = [...old.values()].filter(({ at }) => !fresh.has(at));
    const come = [...fresh.values()].filter(({ at }) => !old.has(at));
    const pairs = [...fresh.values()].filter(({ at }) => old.has(at)).map(opening => [old.get(opening.at)!, opening] as const);
    const { timeZone } = [...fresh.values(), ...old.values()][0];
    const head = { service, event, ...(timeZone === undefined ? {} : { timeZone }) };
    // as many as before at other times: they have moved, nothing else can be told of them
    const moved = gone.length > 0 && gone.length === come.length;
    return [
      ...moved ? [{ ...head, kind: 'openings-moved', at: come.map(({ at }) => at), from: gone.map(({ at }) => at) } as const] : [],
      ...!moved && gone.length > 0 ? [{ ...head, kind: 'openings-removed', at: gone.map(({ at }) => at) } as const] : [],
      ...!moved && come.length > 0 ? added(head, is, come) : [],
      ...changed(head, [was, is], moved ? [...pairs, ...come.map((opening, i) => [gone[i], opening] as const)] : pairs),
    ];
  });
}

type Head = Pick<Change, 'service' | 'event' | 'timeZone'>;

/** New openings, those of one size together. */
function added(head: Head, plan: Plan, openings: readonly Opening[]): Change[] {
  const sizes = new Map<string, Opening[]>();
  for (const opening of openings) {
    const size = `${formatCount(opening.floor)} to ${formatCount(ceilingOf(plan, opening))}`;
    sizes.set(size, [...sizes.get(size) ?? [], opening]);
  }
  return [...sizes].map(([after, its]) => ({ ...head, kind: 'openings-added', after, at: its.map(({ at }) => at) }));
}

/** Openings that are there on both sides, those with one difference together. */
function changed(head: Head, plans: readonly [Plan, Plan], pairs: readonly (readonly [Opening, Opening])[]): Change[] {
  // a ceiling that is fixed is a field of the whole plan, and said there
  const isSaid = (field: string) => field === 'ceiling' && plans.every(({ fixedCeiling }) => fixedCeiling !== undefined);
  const differences = new Map<string, { readonly change: Change; readonly at: EpochMs[] }>();
  for (const [was, is] of pairs) {
    const [before, after] = [partsOf(plans[0], was), partsOf(plans[1], is)];
    for (const field of Object.keys(after).filter(name => before[name] !== after[name] && !isSaid(name))) {
      const key = JSON.stringify([field, before[field], after[field]]);
      const change: Change = { ...head, kind: 'openings-changed', field, before: before[field], after: after[field] };
      const difference = differences.get(key) ?? { change, at: [] };
      difference.at.push(is.at);
      differences.set(key, difference);
    }
  }
  return [...differences.values()].map(({ change, at }) => ({ ...change, at }));
}

function partsOf(plan: Plan, opening: Opening): { readonly [field: string]: Side } {
  const { floor, at, readyBy, windows, timeZone, demand } = opening;
  return {
    floor,
    'ceiling': ceilingOf(plan, opening),
    'leadMs': at - startOf(opening),
    'holdMs': endOf(opening) - at,
    'ready marginMs': at - readyBy,
    'ramp': windows.length === 1 ? 'none' : `${windows.length - 1} steps: ${windows.slice(1).map(window => formatCount(window.floor)).join(', ')}`,
    'time zone': timeZone ?? 'UTC',
    'demand': formatDemand(demand),
  };
}
