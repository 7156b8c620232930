import { PlanError } from './document';

/** The services that one repair goes through, as the document that its pod mounts. */
export interface Repaired {
  /** Name of the CronJob. A service whose plan names another one is left to that. */
  readonly repair: string;
  readonly services: readonly RepairedService[];
}

export interface RepairedService {
  readonly name: string;
  /** The variable of the pod's environment with the webhook to which its findings are posted; absent: it has none. */
  readonly webhook?: string;
}

/** The version of the document that this code writes and reads. */
const VERSION = 1;

/** The document as JSON, one service a line, so that a diff shows which came or went. */
export function encodeRepaired({ repair, services }: Repaired): string {
  const lines = services.map(({ name, webhook }) => `    ${JSON.stringify({ name, webhook })}`);
  return `{\n  "version": ${VERSION},\n  "repair": ${JSON.stringify(repair)},\n  "services": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/**
 * Reads the document back.
 *
 * @throws PlanError when it is no JSON, has another version, or lacks something
 */
export function decodeRepaired(text: string): Repaired {
  let raw: any;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new PlanError(`the list of services to repair is no JSON (${(error as Error).message}); deploy the chart again`);
  }
  if (raw?.version !== VERSION) {
    throw new PlanError(`the list of services to repair has version ${JSON.stringify(raw?.version)}, this program reads version ${VERSION}; `
      + 'deploy list and keeper together, from one release of cdk8s-prewarm');
  }
  const isList = Array.isArray(raw.services) && raw.services.every((service: any) => typeof service?.name === 'string');
  if (typeof raw.repair !== 'string' || !isList) {
    throw new PlanError("the list of services to repair lacks 'repair' or the names of 'services'; deploy the chart again");
  }
  return {
    repair: raw.repair,
    services: raw.services.map(({ name, webhook }: any) => ({ name, ...typeof webhook === 'string' ? { webhook } : {} })),
  };
}

/** What went wrong with one service. */
export interface Trouble {
  readonly service: string;
  readonly message: string;
}

/** A pod's termination message takes 2,048 bytes of the end of the log. */
const LONGEST = 1_800;
const LONGEST_MESSAGE = 600;
const SEPARATOR = ' | ';
const MORE = /^and \d+ more$/;

/** All troubles in one line, as far as a termination message holds them: `1 of 3 services failed | payment: ...`. */
export function formatTroubles(troubles: readonly Trouble[], services: number): string {
  const parts = [`${troubles.length} of ${services} services failed`];
  let length = parts[0].length;
  for (const [i, { service, message }] of troubles.entries()) {
    const part = `${service}: ${message.slice(0, LONGEST_MESSAGE).replaceAll(SEPARATOR, ' ').replace(/[\r\n]+/g, ' ')}`;
    length += SEPARATOR.length + Buffer.byteLength(part);
    if (length > LONGEST && i > 0) {
      parts.push(`and ${troubles.length - i} more`);
      break;
    }
    parts.push(part);
  }
  return parts.join(SEPARATOR);
}

/**
 * What a line of troubles says of one service.
 *
 * @returns the trouble; 'none' where the line names all that failed and not this one; undefined: it does not tell
 */
export function troubleOf(line: string, service: string): Trouble | 'none' | undefined {
  const [head, ...parts] = line.split(SEPARATOR);
  if (!/^\d+ of \d+ services failed$/.test(head)) {
    return undefined;
  }
  const start = `${service}: `;
  const part = parts.find(one => one.startsWith(start));
  if (part) {
    return { service, message: part.slice(start.length) };
  }
  return parts.some(one => MORE.test(one)) ? undefined : 'none';
}
