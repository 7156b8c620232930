import { Check, ofEachService } from '../check';
import { podOf } from '../containers';
import { refusalsOf, withDefaults } from '../limit-range';
import { limitRangesOf, podMakersOf } from '../pods';
import { nameOf } from '../words';

export const check: Check = {
  id: 'limit-range-broken',
  severities: ['error'],
  meaning: 'A LimitRange of the namespace refuses the pods of a service or of its jobs, so that none is created.',
  run: ofEachService((service, { deployed: { manifests } }) => {
    const limitRanges = limitRangesOf(service, manifests);
    return podMakersOf(service).flatMap(object => refusalsOf(withDefaults(podOf(object), limitRanges), limitRanges)
      .map(({ limitRange, index, sentence }) => ({
        alike: JSON.stringify([limitRange.name, index, sentence]),
        sentence: `${nameOf(limitRange)} refuses the pods of ${nameOf(object)}: ${sentence}`,
        remedy: 'change the resources or the LimitRange',
        object: limitRange,
        path: ['spec', 'limits', index],
      })));
  }),
};
