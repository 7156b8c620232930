import { Check, ofEachService } from '../check';
import { titleOf } from '../deployed';
import { formatPosition } from '../manifest';

export const check: Check = {
  id: 'service-twice',
  severities: ['error'],
  meaning: 'The manifests hold two plans of one service, of which only the one that is applied last will be in the cluster.',
  run: ofEachService((service, { deployed: { services } }) => {
    const first = services.find(other => titleOf(other) === titleOf(service))!;
    return first === service ? [] : [{
      sentence: `a second plan for '${titleOf(service)}', the first is at ${formatPosition(first.config.at())}`,
      remedy: 'only one of them can be in the cluster',
      object: service.config,
      path: ['metadata', 'name'],
    }];
  }),
};
