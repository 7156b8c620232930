import { nameOfStation } from '../../core/plan/station-words';
import { Check } from '../check';
import { ofEachDependency } from '../station-loads';

export const check: Check = {
  id: 'dependency-differs',
  severities: ['warning'],
  meaning: 'Plans of several apps say different limits of one dependency, and only the first of them is looked at.',
  run: ofEachDependency(({ station }) => station.differsIn === undefined ? [] : [{
    sentence: `the plan of '${station.differsIn}' says something else of ${nameOfStation(station)} than the others do, and is not believed`,
    remedy: 'declare it once, in a package that all apps share',
  }]),
};
