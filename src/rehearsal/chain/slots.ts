import { Batch, Books, TINY } from './batch';
import { Cohort, Slot } from '../pods/cohort';

/** Requests sent to these pods are taken. */
export function works({ state, servesAt, servesUntil }: Cohort, second: number): boolean {
  return (state === 'ready' || state === 'terminating') && servesAt <= second && second < servesUntil;
}

/** What a pod has of the requests of a batch; the youngest are the last. */
export function slotOf(cohort: Cohort, batch: Batch): Slot {
  const slots = cohort.slots ??= [];
  const last = slots[slots.length - 1];
  if (last?.batch === batch) {
    return last;
  }
  const slot: Slot = { batch, waiting: 0, held: 0, begun: 0 };
  slots.push(slot);
  return slot;
}

/** Requests in all of these pods. */
export function requestsIn(cohorts: readonly Cohort[]): number {
  return cohorts.reduce((sum, { slots = [], count }) => sum + count * slots.reduce((all, slot) => all + slot.waiting + slot.held, 0), 0);
}

/** A part of what waits of a batch is dropped. Returns how many requests. */
export function dropWaiting(cohorts: readonly Cohort[], batch: Batch, part: number): number {
  let dropped = 0;
  for (const { slots = [], count } of cohorts) {
    for (const slot of slots) {
      if (slot.batch === batch) {
        dropped += slot.waiting * part * count;
        slot.waiting *= 1 - part;
      }
    }
  }
  return dropped;
}

/** Of the requests of a batch that wait for others, a part is left. */
export function freeHeld(cohorts: readonly Cohort[], batch: Batch, part: number): void {
  const left = Math.max(0, part);
  for (const { slots = [] } of cohorts) {
    for (const slot of slots) {
      if (slot.batch === batch) {
        slot.held *= left;
      }
    }
  }
}

/** Requests of a pod are lost, but for a part of those that were begun in this second. */
export function lose(cohort: Cohort, kept: number, second: number, books: Books): void {
  for (const slot of cohort.slots ?? []) {
    const batch = slot.batch as Batch;
    const stays = slot.begun * kept;
    batch.started = Math.max(0, batch.started - (slot.begun - stays) * cohort.count);
    batch.held = Math.max(0, batch.held - (slot.held - slot.begun) * cohort.count);
    batch.fail(Math.min(batch.unfinished, (slot.waiting + slot.held - stays) * cohort.count), 'lost', second, books);
    slot.waiting = 0;
    slot.held = slot.begun = stays;
  }
}

/** A second is over: what is empty goes, and the depth of the queue is known. */
export function tidy(cohort: Cohort): void {
  let depth = 0;
  const { slots } = cohort;
  if (slots && slots.length > 0) {
    let kept = 0;
    for (const slot of slots) {
      slot.begun = 0;
      if (slot.waiting + slot.held > TINY) {
        depth += slot.waiting + slot.held;
        slots[kept++] = slot;
      }
    }
    slots.length = kept;
  }
  cohort.queue.depth = depth;
}
