import { Check } from '../check';
import { formatObjects } from '../namespaces';
import { nameOf } from '../words';

export const check: Check = {
  id: 'namespace-missing',
  severities: ['note'],
  meaning: 'Objects name no namespace, so it had to be assumed to which services they belong.',
  run: ({ deployed: { without, services } }) => !without || services.length === 0 ? [] : [{
    sentence: `${formatObjects(without.objects)} ${without.objects.length === 1 ? 'names' : 'name'} no namespace, such as ${nameOf(without.objects[0])}: ${
      without.assumed === undefined
        ? 'compared by name where a plan names them, else left out'
        : `taken to be in '${without.assumed}'`}`,
    remedy: 'say where they will be with --namespace',
    services: [],
    object: without.objects[0],
    path: ['metadata'],
  }],
};
