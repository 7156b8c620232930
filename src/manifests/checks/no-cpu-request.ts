import { cpuTargetsOf } from '../../core/plan/followed-metrics';
import { unmeasuredContainersOf } from '../../core/plan/pod-shape';
import { Check, ofEachService } from '../check';
import { podOf, runningContainersOf } from '../containers';
import { withDefaults } from '../limit-range';
import { limitRangesOf } from '../pods';
import { nameOf } from '../words';

export const check: Check = {
  id: 'no-cpu-request',
  severities: ['warning'],
  meaning: 'The autoscaler follows the use of CPU, and a container has no CPU request by which that could be computed.',
  run: ofEachService((service, { deployed: { manifests } }) => {
    const { workload, target } = service;
    if (!workload) {
      return [];
    }
    const pod = withDefaults(podOf(workload), limitRangesOf(service, manifests));
    // an autoscaler known by name is taken to follow the CPU of the whole pod
    const measured = target ? cpuTargetsOf(target.object).map(({ container }) => container) : [undefined];
    const unmeasured = measured.flatMap(container => unmeasuredContainersOf(pod, 'cpu', container)).map(({ name }) => name);
    return runningContainersOf(workload).filter(({ container: { name } }) => unmeasured.includes(name)).map(({ container, path }) => ({
      alike: container.name,
      sentence: `container '${container.name}' of ${nameOf(workload)} has no CPU request: the autoscaler cannot compute its metric, `
        + 'and adds no pod beyond the floor',
      object: workload,
      path,
    }));
  }),
};
