import { formatCount } from '../../core/time/numbers';
import { Check, ofEachService } from '../check';
import { byEvent, openingsAhead } from '../openings';
import { alike, formatPods } from '../words';

/** As many pods as Kubernetes is built for, in a whole cluster. */
const MOST_PODS = 150_000;

export const check: Check = {
  id: 'too-many-pods',
  severities: ['error'],
  meaning: 'An event asks for more pods than Kubernetes is built for in a whole cluster, which is 150,000.',
  run: ofEachService(({ plan }, { now }) => {
    const tooMany = openingsAhead(plan, now).filter(({ floor }) => floor > MOST_PODS);
    return [...byEvent(tooMany).values()].map(openings => ({
      alike: openings[0].event,
      weight: openings[0].floor,
      sentence: `'${openings[0].event}' asks for ${formatPods(openings[0].floor)}, and Kubernetes is built for ${formatCount(MOST_PODS)} `
        + `in a cluster${alike(openings)}`,
      remedy: 'are the demand and the capacity of a pod right?',
    }));
  }),
};
