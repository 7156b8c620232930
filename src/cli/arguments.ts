import { InvalidArgumentError } from 'commander';
import { inOneLine } from './text';
import { textOf } from '../core/finding';
import { parseQuantity } from '../core/plan/quantity';
import { EpochMs } from '../core/time/instant';
import { parseDateTime } from '../core/time/wall-clock';
import { Allowance, problemOf } from '../manifests/allowances';
import { LEAD_DAYS } from '../manifests/checklist';
import { PlanFinding } from '../manifests/finding';
import { FINDING_IDS } from '../manifests/findings';
import { formatPosition } from '../manifests/manifest';

/** Reads an option's value as an instant with its offset. */
export function instantArgument(text: string): EpochMs {
  const written = parseDateTime(text);
  if (written?.offset === undefined) {
    throw new InvalidArgumentError("Write an instant with its offset, such as '2026-12-05T10:00:00+09:00' or '2026-12-05T01:00:00Z'.");
  }
  return written.wall - written.offset;
}

/** Reads an option's value as a file to write to. */
export function fileArgument(path: string): string {
  if (path === '' || path === '-') {
    throw new InvalidArgumentError('Name a file: stdout has the text already.');
  }
  return path;
}

/**
 * Reads `--allow ID=reason`, which may be given again.
 *
 * @throws InvalidArgumentError for an id that does not exist, or without a reason
 */
export function allowArgument(text: string, before: readonly Allowance[] = []): Allowance[] {
  const [id, ...reason] = text.split('=');
  const allowance = { id: id.trim(), reason: reason.join('=').trim() };
  const problem = problemOf(allowance, FINDING_IDS);
  if (problem) {
    throw new InvalidArgumentError(`It ${problem}; write 'ID=reason', with an id that a finding has in --json.`);
  }
  return [...before, allowance];
}

/**
 * Reads `--node CPU,MEMORY` as Kubernetes quantities.
 *
 * @throws InvalidArgumentError for anything else
 */
export function nodeArgument(text: string): { readonly cpu: number; readonly memory: number } {
  const [cpu, memory, ...rest] = text.split(',').map(part => parseQuantity(part.trim()));
  if (!cpu || !memory || cpu < 0 || memory < 0 || rest.length > 0) {
    throw new InvalidArgumentError("Write what pods can request of a node, such as '15.5,60Gi'.");
  }
  return { cpu, memory };
}

/**
 * Reads `--lead-days ITEM=DAYS`, which may be given again.
 *
 * @throws InvalidArgumentError for an item that does not exist, or for no number of days
 */
export function leadDaysArgument(text: string, before: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, number> {
  const [item, days, ...rest] = text.split('=').map(part => part.trim());
  const known = Object.keys(LEAD_DAYS);
  if (!known.includes(item.split('/')[0]) || rest.length > 0) {
    throw new InvalidArgumentError(`Write ITEM=DAYS, with one of ${known.join(', ')}.`);
  }
  if (!/^\d{1,3}$/.test(days ?? '')) {
    throw new InvalidArgumentError('Write a whole number of days, such as vcpu-quota=20.');
  }
  return new Map([...before, [item, Number(days)]]);
}

/** As compilers do, so that editors and pipelines find the place. */
export function formatFinding({ position, severity, service, ...finding }: PlanFinding): string {
  return inOneLine([...position ? [formatPosition(position)] : [], severity, ...service ? [service] : [], textOf(finding)].join(': '));
}
