import { unmeasuredContainersOf } from '../../core/plan/pod-shape';
import { cpuTargetsOf } from '../../core/plan/target-kind';
import { Check, ofEachService } from '../check';
import { podOf, runningContainersOf } from '../containers';
import { nameOf } from '../words';

export const check: Check = {
  id: 'no-cpu-request',
  severities: ['warning'],
  meaning: 'The autoscaler follows the use of CPU, and a container has no CPU request by which that could be computed.',
  run: ofEachService(({ workload, target }) => {
    if (!workload) {
      return [];
    }
    // an autoscaler known by name is taken to follow the CPU of the whole pod
    const measured = target ? cpuTargetsOf(target.object).map(({ container }) => container) : [undefined];
    const unmeasured = measured.flatMap(container => unmeasuredContainersOf(podOf(workload), 'cpu', container));
    return runningContainersOf(workload).filter(({ container }) => unmeasured.includes(container)).map(({ container, path }) => ({
      alike: container.name,
      sentence: `container '${container.name}' of ${nameOf(workload)} has no CPU request: the autoscaler cannot compute its metric, `
        + 'and adds no pod beyond the floor',
      object: workload,
      path,
    }));
  }),
};
