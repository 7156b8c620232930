/** How much a finding weighs: an error will hurt, a warning may, a note is good to know. */
export type Severity = 'error' | 'warning' | 'note';

/** Something that a person should know, whoever found it: a check of the plan, the keeper, or `prewarm status`. */
export interface Finding {
  /** What kind of finding it is, in kebab-case; it stays the same between releases. */
  readonly id: string;
  readonly severity: Severity;
  /** What is so, without a full stop. */
  readonly sentence: string;
  /** The way out, as a sentence that goes on after `sentence` and a semicolon. */
  readonly remedy?: string;
  /** What to type for the way out; `remedy` says what it does. */
  readonly command?: string;
}

/** What all findings of one id have in common. */
export interface FindingKind {
  /** Several where the figures decide, the gravest first. */
  readonly severities: readonly [Severity, ...Severity[]];
  /** What such a finding means, as a sentence for the reference page. */
  readonly meaning: string;
}

/** The kinds of findings that one room of the house can make, by their ids; each id is declared in one such table. */
export interface FindingKinds {
  readonly [id: string]: FindingKind;
}

/**
 * A finding of a table of kinds, so that the compiler refuses an id that is not declared, or a severity that its id has not.
 *
 * Only the table's type is asked for: with `import type`, the meanings stay out of a bundle.
 */
export type FindingOf<Kinds extends FindingKinds> = {
  [Id in keyof Kinds & string]: Finding & { readonly id: Id; readonly severity: Kinds[Id]['severities'][number] }
}[keyof Kinds & string];

/** A finding as one line: the sentence and the way out; a command follows its colon in a line of its own, for the caller to print. */
export function textOf({ sentence, remedy, command }: Pick<Finding, 'sentence' | 'remedy' | 'command'>): string {
  const whole = remedy === undefined ? sentence : `${sentence}; ${remedy}`;
  return command === undefined ? whole : `${whole}:`;
}

/** The reason of the Kubernetes Event that tells a finding: `HigherFloorKept` of `higher-floor-kept`. */
export function eventReasonOf(id: string): string {
  return id.split('-').map(word => word[0].toUpperCase() + word.slice(1)).join('');
}
