import { prewarm } from './fake-io';
import { LEAD_DAYS } from '../../src/manifests/checklist';
import { configMap, deployment, yamlOf } from '../support/objects';
import { openingAt, planOf } from '../support/plans';

const AT = Date.parse('2026-12-05T10:00:00+09:00');

/** As the example has it. */
const MARATHON = yamlOf(
  configMap(planOf('payment', [openingAt('sale', AT, 43, { demand: { requestsPerSecond: 600 } })], {
    podCapacity: 20,
    fixedCeiling: 60,
    uses: [
      { kind: 'connections', name: 'tickets-db', perPod: 8, limit: 1_500, reserved: 40 },
      { kind: 'requestsPerSecond', name: 'bank', perRequest: 1, limit: 1_200 },
    ],
  })),
  configMap(planOf('registration', [openingAt('sale', AT, 108, { demand: { requestsPerSecond: 15_000 } })], {
    podCapacity: 200,
    fixedCeiling: 162,
    uses: [
      { kind: 'connections', name: 'tickets-db', perPod: 4, limit: 1_500, reserved: 40 }, { kind: 'service', name: 'payment', perRequest: 0.04 },
    ],
  })),
  deployment('payment', { resources: { requests: { cpu: '2', memory: '2Gi' } } }),
  deployment('registration', { resources: { requests: { cpu: '1', memory: '1Gi' } } }),
);

async function checklist(...argv: string[]) {
  return prewarm(['plan', 'dist', '--excerpt', '--checklist', ...argv], { files: { 'dist/all.yaml': MARATHON } });
}

async function itemsOf(...argv: string[]): Promise<any[]> {
  return JSON.parse((await checklist('--json', ...argv)).out).items;
}

test('all that has to be asked for is listed, soonest first', async () => {
  const items = await itemsOf();
  expect(items.map(({ id, latest }) => `${latest} ${id}`)).toEqual([
    '2026-11-21 pod-addresses',
    '2026-11-21 maintenance',
    '2026-11-21 provider/bank',
    '2026-11-25 vcpu-quota',
    '2026-11-28 capacity-reservation',
    '2026-11-28 database/tickets-db',
    '2026-11-30 node-pool',
    '2026-11-30 control-plane',
    '2026-11-30 image-pulls',
    '2026-11-30 load-balancer',
  ]);
});

test('each number is one of the plan', async () => {
  const numbers = Object.fromEntries((await itemsOf('--node', '16,64Gi')).map(({ id, numbers: its }) => [id, its.map((one: any) => [one.unit, one.atFloors, one.atCeilings])]));
  expect(numbers).toEqual({
    'pod-addresses': [['pods', 151, 222]],
    'maintenance': [['hours', 5, undefined]],
    // 600 requests/s are expected; 60 pods serve 1,200
    'provider/bank': [['requests/s', 600, 1_200], ['requests/s', 1_200, 1_200]],
    'vcpu-quota': [['cores', 194, 282]],
    'capacity-reservation': [['cores', 194, 282], ['nodes', 13, 18]],
    'database/tickets-db': [['connections', 776, 1_128], ['connections', 1_460, 1_460]],
    'node-pool': [['cores', 194, 282], ['bytes', 194 * 2 ** 30, 282 * 2 ** 30], ['nodes', 13, 18]],
    'control-plane': [['pods', 151, 222], ['pods', 147, undefined], ['nodes', 13, 18]],
    'image-pulls': [['pods', 147, undefined]],
    // payment is called by registration, not from outside
    'load-balancer': [['requests/s', 15_000, undefined]],
  });
});

test('what the plan does not know is asked for', async () => {
  expect((await itemsOf()).find(({ id }) => id === 'node-pool').asks).toContain("the size of a node: say it by '--node 16,64Gi', and the number of nodes follows");
  const { out } = await prewarm(['plan', 'dist', '--excerpt', '--checklist', '--json'], {
    files: { 'dist/all.yaml': yamlOf(configMap(planOf('web', [openingAt('sale', AT, 10)]))) },
  });
  const asks = Object.fromEntries(JSON.parse(out).items.map((item: any) => [item.id, item.asks.join('; ')]));
  expect(asks['vcpu-quota']).toContain("what a pod of 'marathon/web' requests: its workload is not in the manifests");
  expect(asks['load-balancer']).toContain("requests to 'marathon/web', whose demand is in pods");
});

test('other days count from the same instant, for one item or for all of its kind', async () => {
  const items = await itemsOf('--lead-days', 'vcpu-quota=20', '--lead-days', 'database=1', '--lead-days', 'provider/bank=2');
  const dates = Object.fromEntries(items.map(({ id, latest, late }) => [id, `${latest}${late ? ', late' : ''}`]));
  expect(dates).toMatchObject({ 'vcpu-quota': '2026-11-15, late', 'database/tickets-db': '2026-12-04', 'provider/bank': '2026-12-03' });
});

test('people read it with the date first, and with numbers, questions and places', async () => {
  const { out } = await checklist();
  expect(out).toContain([
    "by Sat 2026-11-28: Size of 'tickets-db' for the night",
    '  needed from Sat 2026-12-05 07:00 Asia/Seoul (UTC+09:00) on; database/tickets-db, 7 days before',
    '  - what our services need: 776 connections at the floors, 1,128 at the ceilings',
    '  - the limit that is declared, less what is reserved: 1,460 connections at the floors, 1,460 at the ceilings',
    '  ? CPU and input/output that these connections need',
    '  > SHOW max_connections, and the page of the database with its size',
  ].join('\n'));
  expect(out).toContain('by Sat 2026-11-21, 1 day ago: Free addresses in the subnets of the pods');
});

test('a calendar has each item on its latest date, beside the openings', async () => {
  const { written } = await checklist('--ics', 'openings.ics');
  const entries = written['openings.ics'].replace(/\r\n[ ]/g, '').split('BEGIN:VEVENT');
  expect(entries).toHaveLength(1 + 1 + 10);
  expect(entries.find(entry => entry.includes('UID:checklist-database-tickets-db@'))).toContain('DTSTART;VALUE=DATE:20261128');
});

test('a calendar without --checklist has the openings only', async () => {
  const { written } = await prewarm(['plan', 'dist', '--excerpt', '--ics', 'openings.ics'], { files: { 'dist/all.yaml': MARATHON } });
  expect(written['openings.ics']).not.toContain('checklist-');
});

test('nothing is asked for where no opening is ahead', async () => {
  const { out } = await checklist('--at', '2027-01-01T00:00:00Z');
  expect(out).toContain('no opening is ahead, so there is nothing to ask for');
});

test.each([
  [['--calendar'], '--checklist is an answer of its own'],
  [['--diff', 'dist'], '--checklist is an answer of its own'],
  [['--node', '16'], "Write what pods can request of a node, such as '15.5,60Gi'."],
  [['--lead-days', 'lunch=3'], `Write ITEM=DAYS, with one of ${Object.keys(LEAD_DAYS).join(', ')}.`],
  [['--lead-days', 'database=soon'], 'Write a whole number of days, such as vcpu-quota=20.'],
])('%s is refused in a sentence', async (argv, message) => {
  const { exitCode, err } = await checklist(...argv);
  expect(exitCode).toBe(2);
  expect(err).toContain(message);
});

test('a size of nodes for no checklist is refused', async () => {
  const { err } = await prewarm(['plan', 'dist', '--node', '16,64Gi'], { files: { 'dist/all.yaml': MARATHON } });
  expect(err).toContain('--node is for --checklist; add it');
});
