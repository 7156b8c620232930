import { PlannedUse } from '../../src/core/plan/use-facts';
import { planJson } from '../../src/report/plan-json';
import { planSvg } from '../../src/report/plan-svg';
import { planText } from '../../src/report/plan-text';
import { styleOf } from '../../src/report/style';
import { configMap, deployed } from '../support/objects';
import { NOW, openingAt, planOf } from '../support/plans';

const AT = Date.parse('2026-12-05T10:00:00+09:00');
const DB: PlannedUse = { kind: 'connections', name: 'tickets-db', perPod: 4, limit: 1_000, reserved: 40 };
const BANK: PlannedUse = { kind: 'requestsPerSecond', name: 'bank', perRequest: 1, limit: 800 };

const SERVICES = deployed(
  configMap(planOf('payment', [openingAt('sale', AT, 43, { demand: { requestsPerSecond: 600 } })], { podCapacity: 20, uses: [{ ...DB, perPod: 8 }, BANK] })),
  configMap(planOf('web', [openingAt('sale', AT, 108, { demand: { requestsPerSecond: 15_000 } })], {
    podCapacity: 200, uses: [DB, { kind: 'service', name: 'payment', perRequest: 0.04 }],
  })),
).services;

test('a plan shows of each dependency its limit, what is used between events, at the floors and when, and at the ceilings', () => {
  const lines = planText(SERVICES, { now: NOW, columns: 120, style: styleOf(false), all: false }).split('\n').map(line => line.replace(/ {2,}/g, ' | '));
  const start = lines.findIndex(line => line.startsWith('they use'));
  expect(lines.slice(start, start + 5)).toEqual([
    'they use | in | limit | baseline | floors | at ceilings | tightest at the floors',
    'payment | requests/s | 860 | 600 | from Sat 2026-12-05 10:00 Asia/Seoul on',
    'tickets-db | connections | 960 | 24 | 776 | 1,168 | from Sat 2026-12-05 07:00 Asia/Seoul on',
    'bank | requests/s | 800 | 600 | 1,300 | from Sat 2026-12-05 10:00 Asia/Seoul on',
    'a limit is without what is reserved for others',
  ]);
});

test('a plan whose services say nothing of what they use has no such table', () => {
  const services = deployed(configMap(planOf('web', [openingAt('sale', AT, 10)]))).services;
  expect(planText(services, { now: NOW, columns: 120, style: styleOf(false), all: false })).not.toContain('they use');
  expect(planJson(services, [], NOW)).not.toHaveProperty('dependencies');
});

test('programs get the same, with who uses it', () => {
  expect(planJson(SERVICES, [], NOW)).toMatchObject({
    dependencies: [
      { kind: 'service', name: 'payment', namespace: 'marathon', floors: { used: 600, usable: 860 }, users: [{ service: 'marathon/web', perRequest: 0.04 }] },
      {
        kind: 'connections',
        name: 'tickets-db',
        limit: 1_000,
        reserved: 40,
        baseline: 24,
        floors: { used: 776, usable: 960, from: '2026-12-04T22:00:00Z', until: '2026-12-05T03:00:00Z' },
        ceilings: { used: 1_168, usable: 960 },
        users: [{ service: 'marathon/payment', perPod: 8 }, { service: 'marathon/web', perPod: 4 }],
      },
      { kind: 'requestsPerSecond', name: 'bank', limit: 800, floors: { used: 600, usable: 800, from: '2026-12-05T01:00:00Z' } },
    ],
  });
});

test('a picture has a panel for each, with the limit as a line', () => {
  const svg = planSvg(SERVICES, NOW);
  expect(svg).toContain('dependency &#39;tickets-db&#39; (connections), Sat 2026-12-05');
  expect(svg).toContain('the thick line is the limit: 960');
});
