import { servingContainerOf, probesOf } from '../../core/plan/pod-shape';
import { earlyProbeOf } from '../../core/plan/ready-facts';
import { formatSpan } from '../../core/time/words';
import { Check, ofEachService } from '../check';
import { containersOf } from '../containers';
import { nameOf } from '../words';

export const check: Check = {
  id: 'probe-too-early',
  severities: ['warning'],
  meaning: 'A probe gives up before `startupTime` is over, so that Kubernetes kills the container before it can be Ready, again and again.',
  run: ofEachService(({ plan, workload, servedPorts }) => {
    const serving = workload && servingContainerOf(workload.object.spec?.template ?? {}, servedPorts);
    const early = serving && earlyProbeOf(probesOf(serving), plan.startupMs);
    if (!workload || !early) {
      return [];
    }
    const path = containersOf(workload).find(({ container }) => container === serving)?.path ?? [];
    return [{
      alike: `${early.probe} ${early.givesUpAfterMs} ${plan.startupMs}`,
      sentence: `the ${early.probe} of container '${serving.name}' of ${nameOf(workload)} gives up after ${formatSpan(early.givesUpAfterMs)}, `
        + `and 'startupTime' is ${formatSpan(plan.startupMs)}: the container is killed before it can be Ready`,
      remedy: "give the probe more time (failureThreshold, periodSeconds) or add a startupProbe that has it; say another 'startupTime' if it starts faster",
      object: workload,
      path: [...path, early.probe],
    }];
  }),
};
