import { IConstruct } from 'constructs';
import { blaming } from './blame';
import { editDistance } from './spelling';
import { shown } from './whole-number';

/**
 * What props must be: a table for each struct, in which the compiler misses no prop, and one reader of such tables.
 *
 * Programs without types, and those of other languages, hand over anything. What is refused here names the prop, the value and the way out.
 */

/** What one prop must be. */
export interface PropCheck {
  readonly isRequired?: boolean;
  /**
   * Refuses a value that is there.
   *
   * @throws Error that names the path, the value, and what it must be
   */
  readonly refuse: (path: string, value: unknown) => void;
}

/** What the props of a struct must be; each has its row. */
export type Shape<T> = { readonly [P in keyof Required<T>]: PropCheck };

/** The most that a field of 32 bits takes, as the numbers of replicas are. */
export const MOST_REPLICAS = 2_147_483_647;

/**
 * Refuses a struct with a prop that is missing, or is not what it must be, or is misspelt.
 *
 * Other keys pass, since presets hand on wider objects; only one that looks like a prop that is absent is taken for it.
 *
 * @param path of the struct: `keeper`; empty for the props themselves
 */
export function checkProps<T extends object>(path: string, shape: Shape<T>, value: unknown): void {
  if (!isFields(value)) {
    throw new Error(`${path === '' ? 'the props' : `'${path}'`} must be an object with ${someProps(shape)}, got ${shown(value)}`);
  }
  const pathOf = (prop: string) => path === '' ? prop : `${path}.${prop}`;
  refuseMisspelt(pathOf, Object.keys(shape), value);
  for (const [prop, check] of Object.entries<PropCheck>(shape)) {
    const given = value[prop];
    if (given !== undefined) {
      check.refuse(pathOf(prop), given);
    } else if (check.isRequired) {
      throw new Error(`'${pathOf(prop)}' is missing; ${path === '' ? 'pass it' : `pass it in '${path}', got ${shown(value)}`}`);
    }
  }
}

/** The props of a construct, checked; without a name of their own they have that of the construct's id. */
export function namedProps<T extends object & { readonly name?: string }>(
  { node }: IConstruct, id: string, shape: Shape<T>, props: T,
): T & { readonly name: string } {
  blaming(node.path, () => checkProps('', shape, props));
  return { ...props, name: props.name ?? id };
}

// ---- kinds of values

/** Something that must be there. */
export function required(check: PropCheck): PropCheck {
  return { ...check, isRequired: true };
}

/** Refused elsewhere, in words of its own. */
export const elsewhere: PropCheck = { refuse: () => undefined };

/** What `test` takes. */
export function kindOf(what: string, test: (value: any) => boolean): PropCheck {
  return {
    refuse: (path, value) => {
      if (value === null || !test(value)) {
        throw new Error(`'${path}' must be ${what}, got ${shown(value)}`);
      }
    },
  };
}

/** What names an object whose floor is moved. */
export function aTarget(example: string): PropCheck {
  return kindOf(`a target, such as ${example}`, ({ apiVersion, kind, name }) => [apiVersion, kind, name].every(part => typeof part === 'string' && part !== ''));
}

/** A text; what is wrong with an empty one is told by whoever reads it. */
export function text(example: string): PropCheck {
  return kindOf(`a text, such as '${example}'`, value => typeof value === 'string');
}

export const flag: PropCheck = kindOf('true or false', value => typeof value === 'boolean');

export const duration: PropCheck = kindOf('a Duration, such as Duration.minutes(30)', value => typeof value.toMilliseconds === 'function');

/** A whole number between bounds. */
export function whole(least: number, most: number = MOST_REPLICAS): PropCheck {
  return {
    refuse: (path, value) => {
      if (!Number.isSafeInteger(value) || (value as number) < least) {
        throw new Error(`'${path}' must be a whole number of at least ${least}, got ${shown(value)}`);
      }
      if ((value as number) > most) {
        throw new Error(`'${path}' must be a whole number of at most ${most}, got ${shown(value)}`);
      }
    },
  };
}

/** One of an enum's values. */
export function oneOf(name: string, values: { readonly [member: string]: string }): PropCheck {
  return {
    refuse: (path, value) => {
      if (Object.values(values).includes(value as string)) {
        return;
      }
      const near = Object.entries(values).find(([member, one]) => [member, one].some(word => word.toLowerCase() === String(shown(value)).toLowerCase().split("'")[1]));
      throw new Error(`'${path}' must be one of ${name} (${Object.keys(values).join(', ')}), got ${shown(value)}${
        near ? `; did you mean ${name}.${near[0]}?` : ''}`);
    },
  };
}

/** A list whose members are each of one kind. */
export function listOf(member: PropCheck, example: string): PropCheck {
  return {
    refuse: (path, value) => {
      if (!Array.isArray(value)) {
        throw new Error(`'${path}' must be a list, such as ${example}, got ${shown(value)}`);
      }
      // holes of a sparse list are members too
      Array.from(value).forEach((one, i) => member.refuse(`${path}[${i}]`, one));
    },
  };
}

/** An object whose values are each of one kind. */
export function mapOf(member: PropCheck, example: string, refuseKey: (path: string, key: string) => void = () => undefined): PropCheck {
  return {
    refuse: (path, value) => {
      if (!isFields(value)) {
        throw new Error(`'${path}' must be an object, such as ${example}, got ${shown(value)}`);
      }
      for (const [key, one] of Object.entries(value)) {
        refuseKey(path, key);
        if (one !== undefined) {
          member.refuse(`${path}['${key}']`, one);
        }
      }
    },
  };
}

/** A struct within a struct; asked for when it is needed, so that tables can stand in any order. */
export function struct<T extends object>(shapeOf: () => Shape<T>): PropCheck {
  return { refuse: (path, value) => checkProps(path, shapeOf(), value) };
}

// ---- helpers

interface Fields {
  readonly [field: string]: unknown;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function someProps(shape: object): string {
  const props = Object.keys(shape).map(prop => `'${prop}'`);
  return props.length > 3 ? `props such as ${props.slice(0, 3).join(', ')}` : props.join(', ');
}

function refuseMisspelt(pathOf: (prop: string) => string, props: readonly string[], value: Fields): void {
  for (const key of Object.keys(value).filter(one => value[one] !== undefined && !props.includes(one))) {
    const near = props.find(prop => value[prop] === undefined && looksLike(key, prop));
    if (near) {
      throw new Error(`'${pathOf(key)}' is no prop; did you mean '${near}'? The value is ${shown(value[key])}`);
    }
  }
}

/** One letter too many, too few or wrong; two in a long word; or two that are swapped. */
function looksLike(key: string, prop: string): boolean {
  const [a, b] = [key.toLowerCase(), prop.toLowerCase()];
  const isSwapped = a.length === b.length && [...a].sort().join('') === [...b].sort().join('');
  return prop.length > 2 && (editDistance(a, b) <= (prop.length > 5 ? 2 : 1) || (isSwapped && editDistance(a, b) <= 2));
}
