import { Occurrence } from './calendar';
import { INK, Sheet, countAxis, niceAbove, timeAxis } from './picture';
import { titleOfStation } from './station-rows';
import { StationLoad, tightestOf, usedOf } from '../core/plan/station-load';
import { formatNumber, zoneAt } from '../core/plan/station-words';
import { Steps, valueAt } from '../core/plan/steps';
import { EpochMs } from '../core/time/instant';
import { formatDay, formatZone } from '../core/time/words';

/** More dependencies than these would make no poster. */
const PANELS = 8;
const HEIGHT = 240;
const HEAD = 54;
const FOOT = 46;
const GIB = 2 ** 30;

/**
 * Draws how full dependencies are around the opening at which each is tightest, with its limit as a line.
 *
 * @returns how high that is
 */
export function drawStations(
  sheet: Sheet, top: number, frame: { readonly left: number; readonly width: number },
  loads: readonly StationLoad[], occurrences: readonly Occurrence[], now: EpochMs,
): number {
  let y = top;
  for (const load of loads.slice(0, PANELS)) {
    const tightest = tightestOf(load, 'floor', now);
    const shown = tightest && (occurrences.find(({ from, until }) => from <= tightest.from && tightest.from < until)
      ?? occurrences.find(({ until }) => until > now));
    if (shown) {
      drawStation(sheet, y, frame, load, shown);
      y += HEIGHT;
    }
  }
  return y - top;
}

function drawStation(sheet: Sheet, y: number, frame: { readonly left: number; readonly width: number }, load: StationLoad, shown: Occurrence): void {
  const { kind } = load.station;
  const pad = (shown.until - shown.from) * 0.12;
  const [from, until] = [shown.from - pad, shown.until + pad];
  const zone = zoneAt(load, shown.from) ?? 'UTC';
  const unit = kind === 'memory' ? GIB : 1;
  const pointsOf = (steps: Steps): [EpochMs, number][] => [from, ...steps.map(step => step.from).filter(at => from < at && at < until), until]
    .map((at): [EpochMs, number] => [at, valueAt(steps, at) / unit]);
  const [floors, ceilings, limit] = [usedOf(load, 'floor'), usedOf(load, 'ceiling'), load.usable].map(pointsOf);
  const highest = Math.max(...[...floors, ...kind === 'service' ? [] : ceilings, ...limit].map(([, value]) => value));
  const line = (data: readonly [EpochMs, number][], style: object) => ({ type: 'line', step: 'end', symbol: 'none', data, ...style });
  sheet.title(frame.left - 46, y, `${titleOfStation(load)}, ${formatDay(shown.at, zone)}`, 16);
  sheet.title(frame.left - 46, y + 22, `${formatZone(shown.at, zone)}; used at the floors${kind === 'service' ? '' : ', and dashed at the ceilings'}; the thick line is the limit: ${
    formatNumber(kind, Math.max(...limit.map(([, value]) => value)) * unit)}`, 12, INK.faint);
  sheet.panel({ ...frame, top: y + HEAD, height: HEIGHT - HEAD - FOOT }, timeAxis(from, until, zone), countAxis('', { max: niceAbove(highest * 1.1) }), [
    ...kind === 'service' ? [] : [
      line(ceilings, { lineStyle: { color: INK.beltEdge, width: 1.5, type: 'dashed' }, areaStyle: { color: INK.belt, opacity: 1 } }),
    ],
    line(floors, { lineStyle: { color: INK.floor, width: 2 }, areaStyle: { color: INK.floorFill, opacity: 1 } }),
    line(limit, { lineStyle: { color: INK.bad, width: 2.5 } }),
  ]);
}
