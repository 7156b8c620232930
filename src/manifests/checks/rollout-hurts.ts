import { Check, FoundInService, ofEachService } from '../check';
import { factsOf } from '../pods';
import { nameOf } from '../words';

export const check: Check = {
  id: 'rollout-hurts',
  severities: ['warning'],
  meaning: 'A deploy inside a window takes all pods away before the first new one comes, or a paused workload does not roll out at all.',
  run: ofEachService(service => {
    const { workload } = service;
    if (!workload) {
      return [];
    }
    const { rollout, isPaused } = factsOf(service);
    return [
      ...(rollout.kind !== 'recreate' ? [] : [{
        alike: 'recreate',
        sentence: `${nameOf(workload)} has the strategy Recreate: a deploy inside a window takes all its pods away before the first new one comes`,
        remedy: 'take RollingUpdate, or do not deploy inside a window',
        object: workload,
        path: ['spec', 'strategy'],
      } satisfies FoundInService]),
      ...(!isPaused ? [] : [{
        alike: 'paused',
        sentence: `${nameOf(workload)} is paused: a new template is not rolled out, and one that was never rolled out has no pods at all`,
        remedy: "take 'paused' out",
        object: workload,
        path: ['spec', 'paused'],
      } satisfies FoundInService]),
    ];
  }),
};
