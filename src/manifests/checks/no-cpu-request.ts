import { Check, ofEachService } from '../check';
import { runningContainersOf } from '../containers';
import { Manifest } from '../manifest';
import { nameOf } from '../words';

export const check: Check = {
  id: 'no-cpu-request',
  severities: ['warning'],
  meaning: 'The autoscaler follows the use of CPU, and a container has no CPU request by which that could be computed.',
  run: ofEachService(({ workload, target }) => !workload || (target && !scalesOnCpu(target)) ? [] : runningContainersOf(workload)
    .filter(({ container: { resources } }) => (resources?.requests?.cpu ?? resources?.limits?.cpu) === undefined)
    .map(({ container, path }) => ({
      alike: container.name,
      sentence: `container '${container.name}' of ${nameOf(workload)} has no CPU request: the autoscaler cannot compute its metric, `
        + 'and adds no pod beyond the floor',
      object: workload,
      path,
    }))),
};

function scalesOnCpu({ kind, object: { spec } }: Manifest): boolean {
  if (kind === 'HorizontalPodAutoscaler') {
    // without metrics the API server puts 80 % of the CPU request
    return !Array.isArray(spec?.metrics) || spec.metrics.some((metric: any) =>
      metric?.resource?.name === 'cpu' && metric.resource.target?.type === 'Utilization');
  }
  return kind === 'ScaledObject' && Array.isArray(spec?.triggers) && spec.triggers.some((trigger: any) => trigger?.type === 'cpu');
}
