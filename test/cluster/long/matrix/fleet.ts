import { sleep } from '../../support/cluster';
import { ANYTHING, defineKinds } from '../../support/custom-kinds';
import { Namespace } from '../../support/namespace';
import { Recorder } from '../../support/watching';

/** A custom kind with `/scale`, whose size is at `spec.size`: its pods are those of a Deployment that its controller makes of it. */
export const FLEET = { apiVersion: 'fleets.example.com/v1', kind: 'Fleet' };

/** Has the cluster know the kind. */
export async function defineFleets(): Promise<void> {
  await defineKinds({
    ...FLEET,
    plural: 'fleets',
    scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
    schema: { type: 'object', properties: { spec: { ...ANYTHING, properties: { size: { type: 'integer', default: 1 } } }, status: ANYTHING } },
  });
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
