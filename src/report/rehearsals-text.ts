import { formatShare } from './rehearsal-figures';
import { RehearsalTextOptions, assumptionText, whatIsPlayed } from './rehearsal-text';
import { tableOf, wrap } from './table';
import { formatCount, formatSome } from '../core/time/numbers';
import { formatMoment } from '../core/time/words';
import { AssumptionLine } from '../rehearsal/assumptions';
import { RUN_NAMES, RehearsalResult, VerifyResult } from '../rehearsal/types';

/** One of several rehearsals, as its service is called among them. */
export interface TitledRehearsal {
  readonly title: string;
  readonly result: RehearsalResult;
}

/** The verdicts of several rehearsals that were asked for at once, one line a service, and what was assumed once, for a terminal. */
export function rehearsalsText(rehearsals: readonly TitledRehearsal[], { columns, style }: RehearsalTextOptions): string {
  const [first] = rehearsals;
  const worst = rehearsals.reduce((least, one) => one.result.prewarmed.success < least.result.prewarmed.success ? one : least);
  const served = formatShare(worst.result.prewarmed.success);
  const title = `${formatSome(rehearsals.length, 'service')} rehearsed; worst is ${worst.title}: ${served} of its requests answered`;
  return [
    ...wrap(title, columns).map(style.strong),
    ...whatIsPlayed(first.result, { columns, style }),
    '',
    ...verdictTable(rehearsals, { columns, style }),
    '',
    ...whatIsAssumed(rehearsals, { columns, style }),
  ].join('\n');
}

/** Below a table of several rehearsals: where more is to be read, the notes, and what was assumed. */
export function whatIsAssumed(rehearsals: readonly TitledRehearsal[], { columns, style }: RehearsalTextOptions): string[] {
  const [{ result: { seed } }] = rehearsals;
  return [
    ...wrap('--details SERVICE prints the whole rehearsal of one', columns).map(style.faint),
    ...notesOf(rehearsals).flatMap(note => wrap(note, columns)).map(style.faint),
    ...wrap(`assumed (seed ${seed}): ${assumptionsOf(rehearsals).join(', ')}`, columns).map(line => style.faint(line.replace(/\u00a0/g, ' '))),
  ];
}

function verdictTable(rehearsals: readonly TitledRehearsal[], { columns, style }: RehearsalTextOptions): string[] {
  const zones = [...new Set(rehearsals.map(({ result: { timeZone = 'UTC' } }) => timeZone))];
  const runs = rehearsals[0].result.runs.map(({ name }) => name);
  const rows = rehearsals.map(({ title, result }) => {
    const { event, opening, timeZone, prewarmed, verdicts } = result;
    const missed = verdicts.filter(({ met }) => !met);
    return {
      cells: [
        title,
        event,
        formatMoment(opening, timeZone) + (zones.length > 1 ? ` ${timeZone ?? 'UTC'}` : ''),
        ...runs.map(name => {
          const run = result.runs.find(one => one.name === name);
          return run ? formatShare(run.success) : '';
        }),
        verdicts.length === 0 ? '' : missed.length === 0 ? 'met' : `missed ${missed.length} of ${verdicts.length}`,
        verifyText(prewarmed.verify),
      ],
      style: missed.length > 0 ? style.bad : undefined,
    };
  });
  return tableOf(
    { cells: ['service', 'event', zones.length > 1 ? 'opens' : `opens (${zones[0]})`, ...runs.map(name => RUN_NAMES[name]), 'required', 'verify says'], style: style.faint },
    rows,
    // what was required stays to the last
    { columns, right: runs.map((_, i) => i + 3), spare: [2, 1, ...runs.map((_, i) => i + 3).slice(1).reverse()] },
  );
}

/** In as few words as one line has room for; the whole rehearsal says what is missing and why. */
function verifyText({ ready, floor, guarded }: VerifyResult): string {
  return `${ready} of ${floor} ready${guarded ? '' : ', no guard'}`;
}

/** Each note once, with the services that it is about. */
function notesOf(rehearsals: readonly TitledRehearsal[]): string[] {
  const about = new Map<string, string[]>();
  for (const { title, result } of rehearsals) {
    for (const note of result.notes) {
      about.set(note, [...about.get(note) ?? [], title]);
    }
  }
  return [...about].map(([note, titles]) => titles.length === rehearsals.length ? `note: ${note}` : `note (${whoOf(titles)}): ${note}`);
}

function whoOf(titles: readonly string[]): string {
  return titles.length <= NAMES_SHOWN ? titles.join(', ') : `${titles.slice(0, NAMES_SHOWN - 1).join(', ')} and ${titles.length - NAMES_SHOWN + 1} more`;
}

const NAMES_SHOWN = 4;

/** What was assumed of all alike, and from what to what where services differ. */
function assumptionsOf(rehearsals: readonly TitledRehearsal[]): string[] {
  const byName = new Map<string, AssumptionLine[]>();
  for (const line of rehearsals.flatMap(({ result }) => result.assumptions)) {
    byName.set(line.name, [...byName.get(line.name) ?? [], line]);
  }
  return [...byName.values()].map(lines => {
    const values = lines.map(({ value }) => value);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return least === most ? assumptionText(lines[0]) : `${lines[0].name}\u00a0${formatCount(least)}\u00a0to ${assumptionText({ ...lines[0], value: most }).slice(lines[0].name.length + 1)}`;
  });
}
