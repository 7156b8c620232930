import { Check, ofEachService } from '../check';
import { podPathOf } from '../containers';
import { factsOf } from '../pods';
import { nameOf } from '../words';

export const check: Check = {
  id: 'startup-uncounted',
  severities: ['note'],
  meaning: 'Readiness gates, which another controller opens, come before Ready, and how long that takes is known to nobody but you; `startupTime` has to count it.',
  run: ofEachService(service => {
    const { workload } = service;
    const gates = factsOf(service).readinessGates.join(', ');
    return !workload || gates === '' ? [] : [{
      alike: gates,
      sentence: `pods of ${nameOf(workload)} are Ready only once another controller has opened their readiness gates: ${gates}`,
      remedy: "count that time in 'startupTime'",
      object: workload,
      path: [...podPathOf(workload), 'readinessGates'],
    }];
  }),
};
