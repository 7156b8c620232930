import { isOver, tightestOf } from '../../core/plan/station-load';
import { formatNumber, limitText, nameOfStation, sharesText, whenText } from '../../core/plan/station-words';
import { Check } from '../check';
import { ofEachDependency } from '../station-loads';

export const check: Check = {
  id: 'dependency-turnover',
  severities: ['warning'],
  meaning: 'A dependency or a cluster budget has room for the floors, or for the ceilings, and not for the pods that are there beside them: those of the surge '
    + 'of a rollout of all users at once, those that are ending, and those of a floor that has just fallen.',
  run: ofEachDependency((load, { now }) => {
    const { station } = load;
    const levels = [['floor', 'turning', 'floors'], ['ceiling', 'ceilingTurning', 'ceilings']] as const;
    for (const [level, turning, words] of levels) {
      const plain = tightestOf(load, level, now);
      const tightest = tightestOf(load, turning, now);
      if (plain && isOver(plain)) {
        // told by another finding
        return [];
      }
      if (tightest && isOver(tightest)) {
        return [{
          sentence: `${nameOfStation(station)} has ${limitText(load, tightest)}, and pods at their ${words} with those of a rollout and those that are ending need `
            + `${formatNumber(station.kind, tightest.used)} ${whenText(load, tightest.from)}: ${sharesText(load, turning, tightest.from)}`,
          remedy: 'do not roll out in that time, lower maxSurge or the grace period, or raise the limit for longer',
        }];
      }
    }
    return [];
  }),
};
