import { Duration } from 'cdk8s';
import { shown } from './whole-number';
import { DEFAULTS } from '../core/plan/defaults';
import { RampShape, WindowShape } from '../core/plan/windows';
import { inWords } from '../core/time/offset';
import { MINUTE } from '../core/time/wall-clock';
import { Ramp, WindowOptions } from '../window-options';

const DEFAULT_WINDOW = {
  lead: Duration.millis(DEFAULTS.leadMs),
  hold: Duration.millis(DEFAULTS.holdMs),
  readyMargin: Duration.millis(DEFAULTS.readyMarginMs),
};

/**
 * The window in force: each field from the first layer that has it.
 *
 * @param layers the strongest first: scheduled event, event, the schedule's default
 * @param startup container start to Ready
 * @throws Error that names the prop and its value, when a field is wrong in itself or does not fit the others
 */
export function resolveShape(layers: readonly WindowOptions[], startup: Duration): WindowShape {
  const given = Object.assign({}, ...layers.map(givenOf).reverse()) as WindowOptions;
  const resolved = { ...DEFAULT_WINDOW, ...given };
  const { lead, hold, readyMargin, rampUp, rampDown } = resolved;
  checkFields(resolved);
  const named = namer(resolved, given);
  const least = msOf(readyMargin) + msOf(startup);
  if (msOf(lead) < least) {
    throw new Error(`${named('lead')} must be at least ${inWords(least)}, or the pods are not Ready in time: ${named('readyMargin')} `
      + `+ 'startupTime' (${wordsOf(startup)})`);
  }
  checkFit(resolved, named);
  return {
    leadMs: msOf(lead),
    holdMs: msOf(hold),
    readyMarginMs: msOf(readyMargin),
    ...(rampUp ? { rampUp: rampShape(rampUp) } : {}),
    ...(rampDown ? { rampDown: rampShape(rampDown) } : {}),
  };
}

/**
 * Refuses what no other layer can put right: a field that is wrong in itself, or two given together that do not fit.
 *
 * @throws Error that names the prop and its value
 */
export function checkWindow(window: WindowOptions): void {
  const { lead, readyMargin } = window;
  checkFields(window);
  const named = namer(window, window);
  if (lead && readyMargin && msOf(lead) < msOf(readyMargin)) {
    throw new Error(`${named('lead')} must be at least ${named('readyMargin')} and the start-up time of a pod`);
  }
  checkFit(window, named);
}

/** Each field by itself. */
function checkFields({ lead, hold, readyMargin, rampUp, rampDown }: WindowOptions): void {
  atLeast('lead', lead, MINUTE);
  atLeast('hold', hold, MINUTE);
  atLeast('readyMargin', readyMargin, 0);
  checkRamp('rampUp', rampUp);
  checkRamp('rampDown', rampDown);
}

/** The ramps within the rest. */
function checkFit({ lead, hold, readyMargin, rampUp, rampDown }: WindowOptions, named: WindowNamer): void {
  if (lead && readyMargin && rampUp && msOf(rampUp.over) > msOf(lead) - msOf(readyMargin)) {
    throw new Error(`'rampUp.over' (${wordsOf(rampUp.over)}) must be at most ${named('lead')} - ${named('readyMargin')}`);
  }
  if (hold && rampDown && msOf(rampDown.over) > msOf(hold)) {
    throw new Error(`'rampDown.over' (${wordsOf(rampDown.over)}) must be at most ${named('hold')}`);
  }
}

type WindowNamer = (prop: keyof typeof DEFAULT_WINDOW) => string;

/** Names fields for messages: `'lead' (3 hours)`, `'lead' (2 hours, the default)`. */
function namer(window: WindowOptions, given: WindowOptions): WindowNamer {
  return prop => {
    const value = window[prop];
    return value ? `'${prop}' (${wordsOf(value)}${given[prop] ? '' : ', the default'})` : `'${prop}'`;
  };
}

/** The fields of a layer that say something; of a larger object, only those of the window. */
export function givenOf({ lead, hold, readyMargin, rampUp, rampDown }: WindowOptions): WindowOptions {
  return Object.fromEntries(Object.entries({ lead, hold, readyMargin, rampUp, rampDown }).filter(([, value]) => value !== undefined));
}

function checkRamp(prop: string, ramp: Ramp | undefined): void {
  if (!ramp) {
    return;
  }
  const steps = ramp.steps ?? DEFAULTS.rampSteps;
  if (!Number.isSafeInteger(steps) || steps < 2) {
    throw new Error(`'${prop}.steps' (${steps}) must be a whole number of at least 2; without '${prop}' the floor moves in one step`);
  }
  // each step is a window of whole minutes
  atLeast(`${prop}.over`, ramp.over, (steps - 1) * MINUTE, ` for ${steps} steps`);
}

function atLeast(prop: string, value: Duration | undefined, leastMs: number, why = ''): void {
  checkDuration(prop, value);
  if (value && !Number.isSafeInteger(msOf(value))) {
    throw new Error(`'${prop}' (${msOf(value)} ms) must be a whole number of milliseconds`);
  }
  if (value && msOf(value) < leastMs) {
    throw new Error(`'${prop}' (${wordsOf(value)}) must be at least ${inWords(leastMs)}${why}`);
  }
}

/** For programs without types. */
export function checkDuration(prop: string, value: Duration | undefined): void {
  if (value !== undefined && typeof value?.toMilliseconds !== 'function') {
    throw new Error(`'${prop}' must be a Duration, such as Duration.minutes(30), got ${shown(value)}`);
  }
}

function rampShape({ over, steps = DEFAULTS.rampSteps }: Ramp): RampShape {
  return { overMs: msOf(over), steps };
}

function msOf(duration: Duration): number {
  return duration.toMilliseconds({ integral: false });
}

function wordsOf(duration: Duration): string {
  return inWords(msOf(duration));
}
