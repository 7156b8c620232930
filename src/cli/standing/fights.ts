import { StatusFinding } from './findings';
import { Circumstances } from './types';
import { EventObject } from '../../core/kube-objects';
import { byText } from '../../core/order';
import { planAt } from '../../core/plan/plan';
import { EpochMs } from '../../core/time/instant';
import { formatSpan } from '../../core/time/words';
import { WrongInput } from '../io';
import { Kubectl, Named } from '../kubectl';
import { Fight, ServiceView } from '../service-view';

/** Told by guards, each minute while it lasts. */
const REASON = 'FloorFought';

/** A fight is on until so long after it was last told. */
const FIGHT_MS = 120_000;

/** The views with who fights over their floors: one more call for each namespace in which one of late was written in a window. */
export async function withFights(kubectl: Kubectl, views: readonly ServiceView[], now: EpochMs): Promise<ServiceView[]> {
  const namespaces = [...new Set(views.filter(view => mayBeFought(view, now)).map(({ namespace }) => namespace))];
  const found = new Map(await Promise.all(namespaces.map(async namespace => [namespace, await fightsIn(kubectl.in(namespace))] as const)));
  return views.map(view => ({
    ...view,
    fights: (found.get(view.namespace) ?? []).filter(({ kind, name }) => kind === view.plan.target.kind && name === view.plan.target.name),
  }));
}

/** In a fight, floor or workload were written a moment ago, by whomever. */
function mayBeFought({ plan, target, workload }: ServiceView, now: EpochMs): boolean {
  const times = [target, workload].flatMap(object => object?.metadata.managedFields ?? [])
    .filter(({ fieldsV1 }) => fieldsV1?.['f:spec'] !== undefined)
    .map(({ time }) => Date.parse(time ?? ''));
  return planAt(plan, now).openings.length > 0 && times.some(time => time > now - FIGHT_MS);
}

/** The latest first; a user who may not read Events sees the rest all the same. */
async function fightsIn(kubectl: Kubectl): Promise<Fight[]> {
  try {
    const told = await kubectl.get<Named<EventObject>>('events', `--field-selector=reason=${REASON}`);
    return told
      .filter(({ reason }) => reason === REASON)
      .sort((a, b) => byText(b.lastTimestamp ?? '', a.lastTimestamp ?? ''))
      .map(({ involvedObject: { kind, name }, message, lastTimestamp = '' }) => ({ kind, name, message, at: Date.parse(lastTimestamp) }));
  } catch (error) {
    if (error instanceof WrongInput) {
      return [];
    }
    throw error;
  }
}

/** A fight that is on: the floor is right now and then. */
export function fightFindings({ view: { fights }, now }: Circumstances): StatusFinding[] {
  return fights.filter(({ at }) => at > now - FIGHT_MS).slice(0, 1).map(({ at, message }) => ({
    id: 'floor-fought', severity: 'error', sentence: `${message} (told ${formatSpan(Math.max(0, now - at))} ago)`,
  }));
}
