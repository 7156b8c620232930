import { Trouble } from './pool';
import { HALVED_CONNECTIONS, SLOW_DEPENDENCY } from '../faults';
import { Stage, isOn } from '../stage';
import { FaultName } from '../types';

/**
 * What the faults of a rehearsal do to a station.
 *
 * @param isMeantByDefault whether it is hit by a fault that names nobody: dependencies are, services are not
 */
export function troubleOf({ faults, from }: Stage, name: string, isMeantByDefault: boolean): Trouble {
  const among = (fault: FaultName) => faults.filter(each => each.name === fault && (each.of === undefined ? isMeantByDefault : each.of === name));
  const [slow, down, halved] = (['dependency-slow', 'dependency-down', 'connections-halved'] as const).map(among);
  const isNow = (list: typeof slow, second: number) => list.length > 0 && list.some(fault => isOn(fault, from + second * 1000));
  return {
    slowness: second => isNow(slow, second) ? SLOW_DEPENDENCY : 1,
    isDown: second => isNow(down, second),
    left: second => isNow(halved, second) ? HALVED_CONNECTIONS : 1,
  };
}
