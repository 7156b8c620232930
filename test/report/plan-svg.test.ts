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

/** What an eye sees of the filled areas in the middle of the opening, from the axis upwards: of several the one that was painted last. */
function coloursUpwards(svg: string): string[] {
  const areas = [...svg.matchAll(/<path d="M([^"]*)Z" fill="(#\w+)"><\/path>/g)]
    .map(([, points, fill]) => ({ fill, top: Math.min(...points.split('L').map(point => Number(point.split(' ')[1]))) }))
    .filter(({ fill }) => INK.series.some(colour => colour === fill));
  const tops = areas.map(({ top }) => top).sort((a, b) => b - a);
  return tops.map(level => areas.filter(({ top }) => top <= level).pop()!.fill);
}
