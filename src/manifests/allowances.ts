import { Manifest } from './manifest';
import { FindingKinds, FindingOf } from '../core/finding';
import { ANNOTATION_ALLOW } from '../core/plan/names';

/** Somebody's word that a finding is known, and why it may stay. */
export interface Allowance {
  /** The finding's id. */
  readonly id: string;
  readonly reason: string;
  /** The object whose annotation says so; absent: the command line does, and means every finding of that id. */
  readonly object?: Manifest;
}

/** What can be wrong with an allowance. */
export const ALLOWANCE_FINDINGS = {
  'allowance-invalid': {
    severities: ['error'],
    meaning: 'An allowance has no reason, names an id that does not exist, or would allow an error, which nothing can.',
  },
  'allowance-unused': {
    severities: ['error'],
    meaning: 'An allowance matches no finding: what it allowed is mended, or it stands at another object.',
  },
} as const satisfies FindingKinds;

/** A finding about an allowance, at the annotation if there is one. */
export type AllowanceFinding = FindingOf<typeof ALLOWANCE_FINDINGS> & { readonly object?: Manifest };

/** The keys to the annotation with an object's allowances. */
export const ALLOWANCE_PATH = ['metadata', 'annotations', ANNOTATION_ALLOW] as const;

/** The allowances of all annotations, and what is wrong with their text. */
export function allowancesIn(manifests: readonly Manifest[], ids: ReadonlySet<string>): { allowances: Allowance[]; findings: AllowanceFinding[] } {
  const allowances: Allowance[] = [];
  const findings: AllowanceFinding[] = [];
  for (const object of manifests) {
    const text = object.object.metadata?.annotations?.[ANNOTATION_ALLOW];
    for (const entry of text === undefined ? [] : entriesOf(String(text))) {
      const problem = problemOf(entry, ids);
      if (problem) {
        const remedy = `write '${ANNOTATION_ALLOW}: "ID: reason; ID: reason"'`;
        findings.push({ id: 'allowance-invalid', severity: 'error', sentence: `annotation '${ANNOTATION_ALLOW}' ${problem}`, remedy, object });
      } else {
        allowances.push({ ...entry, object });
      }
    }
  }
  return { allowances, findings };
}

/** What is wrong with an id and a reason, as words that go on after whoever gave them; undefined: nothing. */
export function problemOf({ id, reason }: Pick<Allowance, 'id' | 'reason'>, ids: ReadonlySet<string>): string | undefined {
  if (!ids.has(id)) {
    return `names '${id}', and there is no finding of that id`;
  }
  return reason === '' ? `gives no reason for '${id}'` : undefined;
}

/** `ID: reason; ID: reason`; what follows the last semicolon may be nothing. */
function entriesOf(text: string): Pick<Allowance, 'id' | 'reason'>[] {
  const entries = text.split(';').map(entry => entry.trim());
  return entries.filter((entry, i) => entry !== '' || i + 1 < entries.length).map(entry => {
    const [id, ...reason] = entry.split(':');
    return { id: id.trim(), reason: reason.join(':').trim() };
  });
}
