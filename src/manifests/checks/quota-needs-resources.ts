import { ParsedContainer, containersIn } from '../../core/plan/pod-shape';
import { Check, ofEachService } from '../check';
import { podOf } from '../containers';
import { withDefaults } from '../limit-range';
import { limitRangesOf, podMakersOf, quotasOf } from '../pods';
import { nameOf } from '../words';

/** What a quota makes compulsory on every container, by the field of the quota. */
const COMPULSORY: { readonly [field: string]: readonly ['requests' | 'limits', 'cpu' | 'memory'] } = {
  'cpu': ['requests', 'cpu'],
  'requests.cpu': ['requests', 'cpu'],
  'limits.cpu': ['limits', 'cpu'],
  'memory': ['requests', 'memory'],
  'requests.memory': ['requests', 'memory'],
  'limits.memory': ['limits', 'memory'],
};

export const check: Check = {
  id: 'quota-needs-resources',
  severities: ['error'],
  meaning: 'A ResourceQuota counts a resource that a container does not name, so that the API server refuses the pods.',
  run: ofEachService((service, { deployed: { manifests } }) => {
    const limitRanges = limitRangesOf(service, manifests);
    return podMakersOf(service).flatMap(object => {
      const pod = withDefaults(podOf(object), limitRanges);
      const containers = [...containersIn(pod.initContainers), ...containersIn(pod.containers)];
      return quotasOf(manifests, service.namespace).flatMap(quota => Object.keys(quota.object.spec?.hard ?? {})
        .filter(field => field in COMPULSORY && !isNamed(pod, ...COMPULSORY[field]))
        .flatMap(field => containers.filter(container => !isNamed(container, ...COMPULSORY[field])).map(({ name }) => {
          const [side, resource] = COMPULSORY[field];
          return {
            alike: JSON.stringify([quota.name, field, name]),
            sentence: `${nameOf(quota)} counts '${field}', and container '${name}' of ${nameOf(object)} has no ${resource} ${side.slice(0, -1)}: `
              + 'its pods are refused',
            remedy: `give it one, or the namespace a LimitRange with a default ${side.slice(0, -1)}`,
            object: quota,
            path: ['spec', 'hard', field],
          };
        })));
    });
  }),
};

function isNamed({ resources }: Pick<ParsedContainer, 'resources'>, side: 'requests' | 'limits', resource: string): boolean {
  return resources?.[side]?.[resource] !== undefined;
}
