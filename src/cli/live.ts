import { WrongInput } from './io';
import { Kubectl, Named, resourceOf } from './kubectl';
import { configName } from '../core/plan/names';
import { isSameObject } from '../core/plan/reference';
import { Deployed, deployedIn, titleOf } from '../manifests/deployed';
import { Manifest } from '../manifests/manifest';

/**
 * What a cluster has of the services of some manifests: plans, targets and workloads.
 *
 * Other services of their namespaces may come from other charts, and are left alone.
 *
 * @throws WrongInput where a service names no namespace, or kubectl fails
 */
export async function readLive({ services }: Deployed, kubectl: Kubectl): Promise<Deployed> {
  const found: Manifest[] = [];
  for (const service of services) {
    const { plan, namespace } = service;
    if (namespace === undefined) {
      throw new WrongInput(`'${titleOf(service)}' names no namespace to look for it in; say it with --namespace`);
    }
    const there = kubectl.in(namespace);
    const { target, workload } = plan;
    const resources = isSameObject(target, workload) ? [target] : [target, workload];
    const config = { apiVersion: 'v1', kind: 'ConfigMap', name: configName(plan.service) };
    found.push(...(await there.get(...[config, ...resources].map(resourceOf))).map(manifestOf));
  }
  return deployedIn(found);
}

function manifestOf(object: Named): Manifest {
  const { apiVersion = 'v1', kind, metadata: { name, namespace } } = object;
  return {
    apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }), object, at: () => ({ file: `${kind}/${name} in the cluster`, line: 1, column: 1 }),
  };
}
