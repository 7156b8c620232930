import { Plan } from '../core/plan/plan';
import { isoOf } from '../core/time/instant';

/** What `kubectl apply` can hold in its annotation, with room for the rest of the object. */
export const LIMIT_KB = 200;

/** The refusal of an object that grows with the openings of a plan; empty where it fits. */
export function tooLarge(object: string, length: number, { openings }: Plan): string[] {
  const kilobytes = Math.ceil(length / 1024);
  return kilobytes <= LIMIT_KB ? [] : [
    `${object} would have ${kilobytes} KB, more than the ${LIMIT_KB} KB that 'kubectl apply' can hold; schedule fewer than ${
      openings.length} openings at a time (from ${isoOf(openings[0].at)} on), or give them fewer different demands and windows`,
  ];
}
