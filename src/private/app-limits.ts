import { IConstruct } from 'constructs';
import { beginSynth, plansIn } from './service-uses';
import { isOver, stationLoadsOf, tightestOf } from '../core/plan/station-load';
import { exceededText } from '../core/plan/station-words';

/** Apps that look at the limits of their dependencies. */
const looking = new WeakSet<IConstruct>();

/** From now on, a synth of the app fails where the floors of its services together need more than a dependency has, at any instant. */
export function holdToLimits(root: IConstruct): void {
  if (!looking.has(root)) {
    looking.add(root);
    root.node.addValidation({
      validate: () => {
        beginSynth(root);
        return overLimits(root);
      },
    });
  }
}

function overLimits(root: IConstruct): string[] {
  return stationLoadsOf(plansIn(root)).flatMap(load => {
    const tightest = load.station.kind === 'service' ? undefined : tightestOf(load, 'floor');
    if (!tightest || !isOver(tightest)) {
      return [];
    }
    const { sentence, remedy } = exceededText(load, tightest);
    return [`${sentence}; ${remedy}`];
  });
}
