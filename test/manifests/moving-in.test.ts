import { HOUR, NOW, autoscaler, configMap, deployed, deployment, openingAt, planOf } from './plans';
import { textOf } from '../../src/core/finding';
import { Plan } from '../../src/core/plan/plan';
import { findingsOf } from '../../src/manifests/findings';

const IDS = ['first-deploy', 'field-leaves', 'replicas-set', 'min-replicas-set'];
const WORKLOAD = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' };
const LATER = planOf('shop', [openingAt('later', NOW + 1000 * HOUR, 60)], { fixedCeiling: 90, baseline: { floor: 20, ceiling: 40 } });
/** Of a Deployment alone. */
const ALONE: Plan = { ...planOf('shop', LATER.openings, { baseline: LATER.baseline }), target: WORKLOAD };
const PLAIN = deployment('shop');
const TWENTY = deployment('shop', { replicas: 20 });

describe('a floor that the schedule has taken out of a manifest', () => {
  test('is told where nothing is compared, with both ways out and how to silence it', () => {
    expect(found([configMap({ ...ALONE, takenOut: 20 }), PLAIN])).toEqual([
      "first-deploy warning: Deployment 'shop' has 'replicas: 20' in the app and no longer in its manifest: where it lives with that and without a schedule, this deploy leaves 1 of 20 pods; "
      + "pass movingIn: true for one deploy, or run 'prewarm adopt' before; movingIn: false says that it has moved in or is new",
    ]);
  });

  test('is told of the very deploy, where what was there before is known', () => {
    expect(found([configMap({ ...ALONE, takenOut: 20 }), PLAIN], [TWENTY])).toEqual([
      "field-leaves warning: Deployment 'shop' loses 'replicas: 20' at this deploy, which deletes it and leaves 1 of 20 pods; "
      + "pass movingIn: true for one deploy before, or run 'prewarm adopt' before this one",
    ]);
  });

  test('is no trouble where it has left before, was kept to move in, or was 1', () => {
    expect(found([configMap({ ...ALONE, takenOut: 20 }), PLAIN], [configMap(ALONE), PLAIN])).toEqual([]);
    expect(found([configMap(ALONE), PLAIN], [configMap({ ...ALONE, movingIn: true }), TWENTY])).toEqual([]);
    expect(found([configMap(ALONE), PLAIN], [deployment('shop', { replicas: 1 })])).toEqual([]);
    expect(found([configMap(ALONE), PLAIN], [])).toEqual([]);
  });

  test('of both autoscaler and workload is told of each', () => {
    const after = [configMap(LATER), autoscaler('shop', { maxReplicas: 90 }), PLAIN];
    expect(found(after, [autoscaler('shop', { minReplicas: 20, maxReplicas: 90 }), TWENTY])).toEqual([
      "field-leaves warning: HorizontalPodAutoscaler 'shop' loses 'minReplicas: 20' at this deploy, which deletes it and leaves 1 of 20 pods; "
      + "pass movingIn: true for one deploy before, or run 'prewarm adopt' before this one",
      "field-leaves warning: Deployment 'shop' loses 'replicas: 20' at this deploy, which deletes it and leaves 1 of 20 pods; run 'prewarm adopt' before this one",
    ]);
  });
});

describe('what lives says itself whether the deploy would delete the field', () => {
  const live = (metadata: object) => ({ ...TWENTY, metadata: { ...TWENTY.metadata, uid: '1', ...metadata } });
  const held = (manager: string, operation: string) => ({ manager, operation, fieldsV1: { 'f:spec': { 'f:replicas': {} } } });
  const annotated = (spec: object) => ({ annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ spec }) } });

  test.each<[string, object, boolean]>([
    ['an applier remembers it', annotated({ replicas: 20 }), true],
    ['an applier has forgotten it', annotated({}), false],
    ['only an applier holds it', { managedFields: [held('kustomize-controller', 'Apply')] }, true],
    ['the keeper holds it too', { managedFields: [held('kustomize-controller', 'Apply'), held('cdk8s-prewarm-shop', 'Apply')] }, false],
    ['an autoscaler has written it', { managedFields: [held('kube-controller-manager', 'Update')] }, false],
    ['it is in a release of Helm 3', { managedFields: [held('helm', 'Update')] }, true],
  ])('%s: %j -> %s', (_, metadata, isFound) => {
    expect(found([configMap(ALONE), PLAIN], [live(metadata)]).length).toBe(isFound ? 1 : 0);
  });
});

describe('while it moves in, what every apply does is', () => {
  test('a note between events, with the moment at which the prop goes', () => {
    expect(found([configMap({ ...ALONE, movingIn: true }), TWENTY])).toEqual([
      "replicas-set note: Deployment 'shop' has 'replicas: 20': an apply in the middle of an event kills all pods but those; "
      + "take it out together with 'movingIn', as soon as arm tells MovedIn and before the first window",
    ]);
    expect(found([configMap({ ...LATER, movingIn: true }), autoscaler('shop', { minReplicas: 20, maxReplicas: 90 }), PLAIN])).toEqual([
      "min-replicas-set note: HorizontalPodAutoscaler 'shop' has 'minReplicas: 20': every apply takes the floor down to it for a moment; "
      + "leave 'movingIn' out as soon as arm tells MovedIn, and before the first window",
    ]);
  });

  test('as grave as ever inside a window', () => {
    const openings = [openingAt('now', NOW + HOUR, 60)];
    expect(found([configMap({ ...ALONE, openings, movingIn: true }), TWENTY])).toEqual([expect.stringContaining('replicas-set error')]);
    expect(found([configMap({ ...LATER, openings, movingIn: true }), autoscaler('shop', { minReplicas: 20, maxReplicas: 90 })]))
      .toEqual([expect.stringContaining('min-replicas-set warning')]);
  });
});

function found(after: readonly any[], before?: readonly any[]): string[] {
  return findingsOf({ deployed: deployed(...after), ...before ? { before: deployed(...before) } : {}, now: NOW, isExcerpt: true })
    .filter(({ id }) => IDS.includes(id)).map(finding => `${finding.id} ${finding.severity}: ${textOf(finding)}`);
}
