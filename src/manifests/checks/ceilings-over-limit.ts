import { isOver, safeCeilingsAt, tightestOf } from '../../core/plan/station-load';
import { formatNumber, limitText, nameOfStation, safeText, whenText } from '../../core/plan/station-words';
import { Check } from '../check';
import { ofEachDependency } from '../station-loads';

export const check: Check = {
  id: 'ceilings-over-limit',
  severities: ['warning'],
  meaning: 'Were all services that use a dependency or a cluster budget at their ceilings, they would need more than its limit, so the seat belt cannot hold. '
    + 'No ceiling changes by itself.',
  run: ofEachDependency((load, { now }) => {
    const { station } = load;
    const [floors, ceilings] = (['floor', 'ceiling'] as const).map(level => tightestOf(load, level, now));
    if (!ceilings || !isOver(ceilings) || (floors && isOver(floors))) {
      return [];
    }
    const safe = safeCeilingsAt(load, ceilings.from);
    const all = `${nameOfStation(station)} has ${limitText(load, ceilings)}, and all ceilings together need ${formatNumber(station.kind, ceilings.used)} `
      + `${whenText(load, ceilings.from)}`;
    return [safe
      ? { sentence: `${all}; the highest that are safe then are ${safeText(safe, load)}`, remedy: "set 'ceiling', or raise the limit" }
      : {
        sentence: `${all}, where ceilings that are fixed all year must be as high as the highest floor`,
        remedy: "raise the limit, or pass 'ceilingPolicy: CeilingPolicy.PER_WINDOW'",
      }];
  }),
};
