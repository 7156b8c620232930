import { withoutVariables } from './spelling';
import { LiveBounds } from '../core/plan/plan';

/** A value for a message; a string, as programs without types may pass, shows as one. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return `'${value}' (a string)`;
  }
  if (typeof value === 'function' || typeof value === 'symbol') {
    return `a ${typeof value}`;
  }
  return typeof value === 'object' && value !== null ? shownObject(value) : `${value}`;
}

/** What an object is rather than what is in it, but for a short one: constructs know their parents and children. */
function shownObject(value: object): string {
  const { name = '' } = (Object.getPrototypeOf(value) as object | null)?.constructor ?? {};
  if (name !== '' && name !== 'Object' && name !== 'Array') {
    return `a ${name}`;
  }
  const what = Array.isArray(value) ? 'a list' : 'an object';
  try {
    const json = JSON.stringify(value);
    return json.length <= 60 ? `${json} (${what})` : what;
  } catch {
    return what;
  }
}

/** Refuses what is no whole number of at least so much; `what` is how the user calls it, quotes included. */
export function wholeNumber(what: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`${what} must be a whole number of at least ${least}, got ${shown(value)}`);
  }
  return value;
}

/** Refuses what no demand can be multiplied by; `what` is how the user calls it, quotes included. */
export function checkFactor(what: string, factor: number): void {
  if (!Number.isFinite(factor) || factor <= 0) {
    throw new Error(`${what} must be a number above 0, got ${shown(factor)}; 0.1 is a tenth of the demand`);
  }
}

/** Refuses to render a pod without an image, as an unset variable of the environment would. */
export function checkImage(prop: string, image: string): void {
  if (image === undefined || image === '') {
    throw new Error(`'${prop}' is ${image === '' ? 'empty' : 'missing'}; pass an image with a tag that does not move, or a digest`);
  }
  const isImage = typeof image === 'string' && /^[A-Za-z0-9][-\w.:/@]*$/.test(withoutVariables(image).replace(/\{\{.*?\}\}/g, 'x'));
  if (!isImage) {
    throw new Error(`'${prop}' must be the name of an image, such as 'registry.example.com/app:1.4.2', got ${shown(image)}`);
  }
}

/** Refuses bounds that no autoscaler could take; `least` is the lowest floor. */
export function checkRange(prop: string, { floor, ceiling }: LiveBounds, least = 1): void {
  wholeNumber(`'${prop}.floor'`, floor, least);
  if (ceiling !== undefined && wholeNumber(`'${prop}.ceiling'`, ceiling, 1) < floor) {
    throw new Error(`'${prop}.ceiling' (${ceiling}) must be at least its floor (${floor})`);
  }
}
