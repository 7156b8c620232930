import { followedMetricsOf } from '../../core/plan/followed-metrics';
import { Check, ofEachService } from '../check';
import { runningContainersOf } from '../containers';
import { nameOf } from '../words';

export const check: Check = {
  id: 'measured-container-missing',
  severities: ['warning'],
  meaning: 'The autoscaler follows one container by its name, and the pods have none of that name, so that it adds no pod by that metric.',
  run: ofEachService(({ target, workload }) => {
    const names = workload ? runningContainersOf(workload).map(({ container: { name } }) => name) : [];
    if (!target || !workload || names.length === 0) {
      return [];
    }
    const followed = followedMetricsOf(target.object).flatMap(({ container }) => container ?? []);
    return [...new Set(followed)].filter(container => !names.includes(container)).map(container => ({
      alike: container,
      sentence: `${nameOf(target)} follows container '${container}', and ${nameOf(workload)} has ${names.map(name => `'${name}'`).join(', ')}: `
        + 'the autoscaler cannot compute its metric',
      remedy: 'name a container of the pods',
      object: target,
      path: ['spec', 'metrics'],
    }));
  }),
};
