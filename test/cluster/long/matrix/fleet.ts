import { kubectl, sleep } from '../../support/cluster';
import { Namespace } from '../../support/namespace';
import { Recorder } from '../../support/watching';

/** A custom kind with `/scale`, whose size is at `spec.size`: its pods are those of a Deployment that its controller makes of it. */
export const FLEET = { apiVersion: 'fleets.example.com/v1', kind: 'Fleet' };

const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'fleets.fleets.example.com' },
  spec: {
    group: 'fleets.example.com',
    names: { kind: 'Fleet', plural: 'fleets', singular: 'fleet', listKind: 'FleetList' },
    scope: 'Namespaced',
    versions: [{
      name: 'v1',
      served: true,
      storage: true,
      subresources: {
        status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
      },
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            spec: { 'type': 'object', 'properties': { size: { type: 'integer', default: 1 } }, 'x-kubernetes-preserve-unknown-fields': true },
            status: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      },
    }],
  },
};

/** Has the cluster know the kind. */
export async function defineFleets(): Promise<void> {
  await kubectl(['apply', '-f', '-'], JSON.stringify(DEFINITION));
  await kubectl(['wait', '--for=condition=Established', 'crd/fleets.fleets.example.com', '--timeout=30s']);
}

/** The controller of one Fleet, until it is stopped: a Deployment with its template and its size. */
export async function controlFleet(namespace: Namespace, name: string): Promise<{ stop: () => void }> {
  const fleet = await Recorder.ofObject(namespace.name, { ...FLEET, name });
  let isStopped = false;
  const act = async ({ spec: { selector, template, size: replicas } }: any) => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { selector, template, replicas } };
    await namespace.apply(JSON.stringify(deployment), '--server-side', '--field-manager', 'fleet-controller');
    await namespace.patch('fleet', name, { status: { replicas, selector: `app=${name}` } }, '--subresource', 'status');
  };
  void (async () => {
    for (let done: unknown; !isStopped; await sleep(50)) {
      const { type, object } = fleet.changes[fleet.changes.length - 1] ?? {};
      const wanted = type === 'DELETED' ? 'none' : object?.spec.size;
      if (wanted === undefined || wanted === done) {
        continue;
      }
      try {
        await (type === 'DELETED' ? namespace.kubectl(['delete', 'deployment', name]) : act(object));
        done = wanted;
      } catch (error) {
        console.error(`controller of Fleet ${name}: ${(error as Error).message}`);
      }
    }
  })();
  return {
    stop: () => {
      isStopped = true;
      fleet.stop();
    },
  };
}
