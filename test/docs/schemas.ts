import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const SCHEMAS = join(__dirname, '../../docs/reference/schemas');

/** What our schemas use of JSON Schema. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly items?: Schema;
  readonly additionalProperties?: boolean;
}

/** One field of a document, as its page lists it. */
export interface Field {
  /** `openings[].at` */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

export function schemaNames(): string[] {
  return readdirSync(SCHEMAS).map(file => file.replace('.schema.json', '')).sort();
}

export function schemaOf(name: string): Schema {
  return JSON.parse(readFileSync(join(SCHEMAS, `${name}.schema.json`), 'utf8'));
}

/** The same schema, which refuses fields that it does not know; readers must not be so strict. */
export function strict(schema: Schema): Schema {
  const { properties, items } = schema;
  return {
    ...schema,
    ...(properties ? { additionalProperties: false, properties: mapped(properties, strict) } : {}),
    ...(items ? { items: strict(items) } : {}),
  };
}

/** All fields of a document, each before its own fields. */
export function fieldsOf(schema: Schema, path = ''): Field[] {
  if (schema.items) {
    return fieldsOf(schema.items, `${path}[]`);
  }
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [
      { path: at, type: typeOf(field), isRequired: schema.required?.includes(name) ?? false, description: field.description ?? '' },
      ...fieldsOf(field, at),
    ];
  });
}

/** The paths of all fields that a document really has. */
export function pathsIn(value: unknown, path = ''): Set<string> {
  if (Array.isArray(value)) {
    return new Set(value.flatMap(item => [...pathsIn(item, `${path}[]`)]));
  }
  if (typeof value !== 'object' || value === null) {
    return new Set();
  }
  return new Set(Object.entries(value).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [at, ...pathsIn(field, at)];
  }));
}

function typeOf({ type, enum: values, format, items }: Schema): string {
  if (values) {
    return values.map(value => `\`${value}\``).join(', ');
  }
  if (items) {
    return `list of ${items.properties ? 'objects' : `${typeOf(items)}s`}`;
  }
  const names: { readonly [type: string]: string } = { integer: 'whole number', string: format === 'date-time' ? 'instant' : 'text', boolean: 'true or false' };
  return [type ?? []].flat().map(name => names[name] ?? name).join(' or ');
}

function mapped(properties: { readonly [name: string]: Schema }, change: (schema: Schema) => Schema): { readonly [name: string]: Schema } {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, change(schema)]));
}
