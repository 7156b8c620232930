import { Override, Overriding, readOverriding } from './override';
import { Plan, highestOf } from './plan';
import { ConfigMap } from '../kube-objects';
import { EpochMs, isoOf } from '../time/instant';
import { DAY } from '../time/wall-clock';

/**
 * How far an override may go: what is beyond that is a slip of the keyboard, or was forgotten.
 *
 * One that is beyond these bounds does not count, and does not begin to count by waiting.
 */

/** More than this many times the plan's highest ceiling must be confirmed. */
export const MOST_TIMES = 10;

/** It may last so long after it was last written. */
export const MOST_OVERRIDE_MS = 7 * DAY;

/** Field of the override that repeats its floor, where it is meant to be that high. */
export const CONFIRM_KEY = 'confirm';

/** All that the ConfigMap of a service's override says, as far as it may count. */
export function overridingOf(configMap: ConfigMap, plan: Plan): Overriding {
  const said = readOverriding(configMap.data);
  const { override, ...rest } = said;
  const beyond = override && beyondBounds(override, configMap.data?.[CONFIRM_KEY], plan, writtenAt(configMap));
  return beyond === undefined ? said : { ...rest, malformed: [beyond, ...rest.malformed] };
}

/**
 * What of an override is beyond its bounds; undefined: nothing.
 *
 * @param confirmed what its `confirm` says
 * @param written when it was last written; undefined: unknown, and taken for late enough
 */
export function beyondBounds(
  { floor, ceiling, until }: Override, confirmed: string | undefined, plan: Plan, written: EpochMs | undefined,
): string | undefined {
  const highest = highestOf(plan).ceiling;
  if (Math.max(floor, ceiling ?? 0) > MOST_TIMES * highest && confirmed !== String(floor)) {
    const [field, count] = floor > MOST_TIMES * highest ? ['floor', floor] : ['ceiling', ceiling];
    return `'${field}' of the override is ${count}, more than ${MOST_TIMES} times the plan's highest ceiling (${highest}); if that is meant, add ${CONFIRM_KEY}: "${floor}" to it`;
  }
  if (written !== undefined && until > written + MOST_OVERRIDE_MS) {
    return `'until' of the override is ${isoOf(until)}, more than ${MOST_OVERRIDE_MS / DAY} days after it was written (${isoOf(written)}); `
      + 'write it again with an earlier one';
  }
  return undefined;
}

/** When the data of a ConfigMap was last written, as the API server remembers it; a label that is added later does not count. */
function writtenAt({ metadata }: ConfigMap): EpochMs | undefined {
  const times = (metadata?.managedFields ?? [])
    .filter(({ fieldsV1 }) => fieldsV1?.['f:data'] !== undefined)
    .map(({ time }) => Date.parse(time ?? ''))
    .filter(time => !Number.isNaN(time));
  const created = Date.parse(metadata?.creationTimestamp ?? '');
  if (times.length > 0) {
    return Math.max(...times);
  }
  return Number.isNaN(created) ? undefined : created;
}
