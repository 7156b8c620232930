import { isOver, tightestOf } from '../../core/plan/station-load';
import { exceededText } from '../../core/plan/station-words';
import { Check } from '../check';
import { ofEachDependency } from '../station-loads';

export const check: Check = {
  id: 'dependency-exceeded',
  severities: ['error'],
  meaning: 'The floors of all services that use a dependency or a cluster budget together need more at some instant than its limit, less what is reserved. '
    + 'Synth fails for the same reason where all of them are in one app.',
  run: ofEachDependency((load, { now }) => {
    const tightest = tightestOf(load, 'floor', now);
    return tightest && isOver(tightest) ? [exceededText(load, tightest)] : [];
  }),
};
