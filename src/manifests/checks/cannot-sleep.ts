import { SLEEP_NEEDS, maySleep } from '../../core/plan/sleep';
import { Check, ofEachService } from '../check';
import { nameOf } from '../words';

export const check: Check = {
  id: 'cannot-sleep',
  severities: ['error'],
  meaning: 'The plan asks for no pod between events, and the metrics of the autoscaler are all of its own pods: the API server refuses such a floor.',
  run: ofEachService(({ plan, target }) => plan.baseline.floor > 0 || !target || maySleep(target.object) ? [] : [{
    sentence: `${nameOf(target)} is to have a floor of 0 between events: ${SLEEP_NEEDS}`,
    remedy: 'add such a metric, or pass a baseline with a floor of at least 1',
    object: target,
    path: ['spec', 'metrics'],
  }]),
};
