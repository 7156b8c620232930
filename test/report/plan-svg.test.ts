import { INK } from '../../src/report/picture';
import { planSvg } from '../../src/report/plan-svg';
import { configMap, deployed } from '../support/objects';
import { openingAt, planOf } from '../support/plans';

const NOW = Date.parse('2026-11-22T12:00:00Z');

test('the floors of services that open together stand on top of each other, each in its own colour', () => {
  const floors = { pay: 10, queue: 40, web: 60 };
  const svg = planSvg(deployed(...Object.entries(floors).map(([name, floor]) =>
    configMap(planOf(name, [openingAt('sale', '2026-12-05T10:00:00+09:00', floor)])))).services, NOW);
  const [pay, queue, web] = INK.series;
  expect(coloursUpwards(svg)).toEqual([pay, queue, web]);
});

test('an opening to which one of several services answers has its name, and its colour of the legend', () => {
  const sale = openingAt('sale', '2026-12-05T10:00:00+09:00', 10);
  const final = openingAt('final', '2026-12-07T10:00:00+09:00', 60);
  const svg = planSvg(deployed(configMap(planOf('pay', [sale])), configMap(planOf('queue', [final]))).services, NOW);
  expect(svg).toContain('>marathon/queue: final, Mon 2026-12-07<');
  // the later opening is drawn below
  expect(coloursUpwards(svg)).toEqual([INK.series[1], INK.series[0]]);
});

test('a legend that is wider than the picture goes on below', () => {
  const names = Array.from({ length: 6 }, (_, i) => `a-service-with-a-long-name-${i}`);
  const svg = planSvg(deployed(...names.map(name => configMap(planOf(name, [openingAt('sale', '2026-12-05T10:00:00+09:00', 10)])))).services, NOW);
  const lefts = [...svg.matchAll(/<text[^>]*translate\(([\d.]+) [\d.]+\)[^>]*>floor of ([\w-]+)</g)].map(([, left, name]) => Number(left) + 7.5 * name.length);
  expect(lefts).toHaveLength(6);
  expect(Math.max(...lefts)).toBeLessThan(1200);
});

test('floor and ceiling share a label where two would lie upon each other', () => {
  const plan = planOf('web', [openingAt('sale', '2026-12-05T10:00:00+09:00', 100)], { fixedCeiling: 101 });
  expect(planSvg(deployed(configMap(plan)).services, NOW)).toContain('>floor 100, ceiling 101<');
});

/** What an eye sees of the filled areas in the middle of the opening, from the axis upwards: of several the one that was painted last. */
function coloursUpwards(svg: string): string[] {
  const areas = [...svg.matchAll(/<path d="M([^"]*)Z" fill="(#\w+)"><\/path>/g)]
    .map(([, points, fill]) => ({ fill, top: Math.min(...points.split('L').map(point => Number(point.split(' ')[1]))) }))
    .filter(({ fill }) => INK.series.some(colour => colour === fill));
  const tops = areas.map(({ top }) => top).sort((a, b) => b - a);
  return tops.map(level => areas.filter(({ top }) => top <= level).pop()!.fill);
}
