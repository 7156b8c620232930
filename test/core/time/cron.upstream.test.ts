/**
 * Tables of the upstream scheduler. `HPA_CASES_DIR` names another folder with further cases.
 */
import { readFileSync } from 'fs';
import { join } from 'path';
import { CronOptions, nextRun, parseCron } from '../../../src/core/time/cron-next';

const DIR = process.env.HPA_CASES_DIR ?? join(__dirname, '..', '..', 'hpa-cases');

const { suites } = read('cases.json');
const random = read('cron.json');

test('steps every schedule of the upstream unit tests', () => {
  const wrong = suite('cronNext').filter(({ spec, from, next }) => {
    const seconds = spec.replace(/^(CRON_)?TZ=\S+/, '').trim().split(/\s+/).length === 6;
    return iso(nextRun(parseCron(spec, { seconds }), 'UTC', Date.parse(from))) !== iso(next === null ? undefined : Date.parse(next));
  });
  expect(wrong).toEqual([]);
});

test('refuses every line that upstream refuses', () => {
  const wrong = suite('cronParseErrors').filter(({ spec, expectedError }) => takes(spec) === expectedError);
  expect(wrong).toEqual([]);
});

test('steps random schedules in many zones to the runs that the upstream library computes', () => {
  expect(random.next.length).toBeGreaterThan(0);
  const wrong = random.next.filter(({ schedule, timeZone, after, next }: any) => {
    const cron = parseCron(schedule);
    let at: number | undefined = Date.parse(after);
    return next.some((run: string) => {
      at = at === undefined ? undefined : nextRun(cron, timeZone, at);
      return iso(at) !== iso(Date.parse(run));
    }) || (next.length === 0 && nextRun(cron, timeZone, at) !== undefined);
  });
  expect(wrong).toEqual([]);
});

test('takes and refuses random lines as the upstream library does', () => {
  expect(random.parse.length).toBeGreaterThan(0);
  expect(random.parse.filter(({ schedule, valid }: any) => takes(schedule) !== valid)).toEqual([]);
});

function read(file: string): any {
  return JSON.parse(readFileSync(join(DIR, file), 'utf8'));
}

function suite(name: string): any[] {
  const found = suites.find((candidate: any) => candidate.name === name);
  expect(found.cases.length).toBeGreaterThan(0);
  return found.cases;
}

function takes(line: string, options?: CronOptions): boolean {
  try {
    parseCron(line, options);
    return true;
  } catch {
    return false;
  }
}

function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
