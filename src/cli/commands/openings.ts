import { Command } from 'commander';
import { EpochMs, isoOf } from '../../core/time/instant';
import { formatSome } from '../../core/time/numbers';
import { DAY, formatIn, zoneProblem } from '../../core/time/wall-clock';
import { instantArgument } from '../arguments';
import { FallsShort, Io, WrongInput } from '../io';
import { CalendarOpening, openingsInIcs } from '../openings-in-ics';

interface OpeningsOptions {
  readonly from?: EpochMs;
  readonly until?: EpochMs;
  readonly timeZone?: string;
  readonly title?: string;
  readonly demand?: string;
}

/** Longer than a season, shorter than what an endless rule yields. */
const AHEAD_MS = 400 * DAY;

/** `prewarm openings`: a calendar file as `OpeningEvent.fromJson` reads it. */
export function openingsCommand(io: Io): Command {
  return new Command('openings')
    .description('Reads a calendar file (iCalendar, .ics) and prints its entries as the JSON that OpeningEvent.fromJson reads.')
    .argument('<file>', "the calendar file, or '-' for stdin")
    .option('--title <text>', 'only entries whose title contains this')
    .option('--demand <name>', 'the name of the demand of each opening')
    .option('--time-zone <name>', 'the zone of times that name none, such as Asia/Seoul')
    .option('--from <instant>', 'leave out what opens before this instant (default: now)', instantArgument)
    .option('--until <instant>', 'leave out what opens from this instant on (default: 400 days after the start)', instantArgument)
    .addHelpText('after', `
Examples:
  $ prewarm openings sales.ics > openings.json
  $ prewarm openings sales.ics --title Final --demand large > finals.json

What is left out goes to stderr. Exit code 0: done, 1: no opening was found, 2: the command line or the file is wrong.`)
    .action(async (file: string, options: OpeningsOptions) => {
      const { timeZone, title } = options;
      const problem = timeZone === undefined ? undefined : zoneProblem(timeZone);
      if (problem) {
        throw new WrongInput(`--time-zone (${timeZone}) ${problem}`);
      }
      const from = options.from ?? io.now();
      const until = options.until ?? from + AHEAD_MS;
      if (until <= from) {
        throw new WrongInput(`--until (${isoOf(until)}) must be after the start (${isoOf(from)})`);
      }
      const text = await readText(file, io);
      const { openings, leftOut } = inFile(file, () => openingsInIcs(text, { from, until, timeZone, title }));
      leftOut.forEach(what => io.err(`left out: ${what}`));
      if (openings.length === 0) {
        throw new FallsShort(`${file} has no opening between ${isoOf(from)} and ${isoOf(until)}${title === undefined ? '' : ` with '${title}' in its title`}`);
      }
      io.out(documentOf(openings, options));
      io.err(formatSome(openings.length, 'opening'));
    });
}

async function readText(file: string, io: Io): Promise<string> {
  try {
    return await (file === '-' ? io.readStdin() : io.readFile(file));
  } catch (error) {
    throw new WrongInput(`cannot read ${file}: ${(error as Error).message}`);
  }
}

function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof WrongInput ? new WrongInput(`${file}: ${error.message}`) : error;
  }
}

/** One line an opening, so that a diff shows which changed. */
function documentOf(openings: readonly CalendarOpening[], { demand }: OpeningsOptions): string {
  const usual = mostOf(openings.map(({ timeZone }) => timeZone ?? 'UTC'));
  const lines = openings.map(({ at, timeZone = 'UTC', title }) => `    ${JSON.stringify({
    at: formatIn(timeZone, at), ...(timeZone === usual ? {} : { timeZone }), ...(demand === undefined ? {} : { demand }), title,
  })}`);
  return `{\n  "timeZone": ${JSON.stringify(usual)},\n  "openings": [\n${lines.join(',\n')}\n  ]\n}`;
}

function mostOf(values: readonly string[]): string {
  const counts = new Map<string, number>();
  values.forEach(value => counts.set(value, (counts.get(value) ?? 0) + 1));
  return [...counts].reduce((most, one) => one[1] > most[1] ? one : most)[0];
}
