import { InvalidArgumentError } from 'commander';
import { inOneLine } from './text';
import { textOf } from '../core/finding';
import { EpochMs } from '../core/time/instant';
import { parseDateTime } from '../core/time/wall-clock';
import { Allowance, problemOf } from '../manifests/allowances';
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

/** As compilers do, so that editors and pipelines find the place. */
export function formatFinding({ position, severity, service, ...finding }: PlanFinding): string {
  return inOneLine([...position ? [formatPosition(position)] : [], severity, ...service ? [service] : [], textOf(finding)].join(': '));
}
