import { highestRiseOf, stepsFor } from '../../core/plan/connection-storm';
import { nameOfStation, zoneAt } from '../../core/plan/station-words';
import { formatCount } from '../../core/time/numbers';
import { formatMoment, formatZone } from '../../core/time/words';
import { Check } from '../check';
import { ofEachDependency } from '../station-loads';
import { someOf } from '../words';

export const check: Check = {
  id: 'connection-storm',
  severities: ['warning'],
  meaning: 'Floors rise so that more connections to a dependency are opened within a minute than it is said to take, which is 1,000 unless it says '
    + '`connectsPerMinute`.',
  run: ofEachDependency((load, { now }) => {
    const rise = highestRiseOf(load, now);
    if (!rise || rise.opened <= rise.allowed) {
      return [];
    }
    const zone = zoneAt(load, rise.at);
    const steps = stepsFor(rise);
    const names = rise.rising.map(({ user: { plan } }) => plan.service);
    return [{
      sentence: `${nameOfStation(load.station)} takes ${formatCount(rise.allowed)} new connections a minute, and the rise of ${someOf(names)} opens `
        + `${formatCount(rise.opened)} at ${formatMoment(rise.at, zone)} ${formatZone(rise.at, zone)}`,
      remedy: steps === undefined
        ? "raise the floors at different times, or say 'connectsPerMinute' where it takes more"
        : `raise the floors in steps, 'rampUp: { over: Duration.minutes(${5 * (steps - 1)}), steps: ${steps} }', or say 'connectsPerMinute' where it takes more`,
    }];
  }, kind => kind === 'connections'),
};
