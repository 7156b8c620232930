import { ApiObject, Duration, JsonPatch, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { shortHash } from './hash';
import { keeperFile, starterFile } from './keeper-file';
import { KeeperPods, KeeperTask, finish, labelsOf, podOf } from './keeper-jobs';
import { ANNOTATION_PROGRAM, guardsName } from '../core/plan/names';

const GUARD: KeeperTask = { role: 'guard' };

/**
 * The Deployment of a schedule's guards.
 *
 * Not a Job: one of those is made to end, and slows down when its pods are killed; a Deployment replaces each at once, for ever.
 */
export function guardDeployment(scope: Construct, id: string, pods: KeeperPods): kplus.Deployment {
  const name = guardsName(pods.service);
  const labels = labelsOf(pods, GUARD);
  const made = new kplus.Deployment(scope, id, {
    metadata: { name, labels },
    // a guard is at work a moment after its start; the one before stays so long
    minReady: Duration.seconds(5),
    select: false,
    ...podOf(pods, GUARD),
  });
  made.select(kplus.LabelSelector.of({ labels }));
  finish(made, '/spec', pods, GUARD);
  made.scheduling.spread({ weight: 100, topology: kplus.Topology.HOSTNAME });
  // a new program takes over from the old one
  const program = Lazy.any({ produce: () => shortHash(keeperFile().hash + starterFile().hash) });
  made.podMetadata.addAnnotation(ANNOTATION_PROGRAM, program as unknown as string);
  ApiObject.of(made).addJsonPatch(
    // how many is the keeper's to say, and no deploy's
    JsonPatch.remove('/spec/replicas'),
    // Kubernetes' own defaults
    JsonPatch.remove('/spec/progressDeadlineSeconds'),
    JsonPatch.remove('/spec/strategy'),
  );
  return made;
}
