import * as fc from 'fast-check';
import { Stored, TargetObject } from '../../../src/core/kube-objects';
import { liveOf, ownersOf } from '../../../src/core/plan/live';
import { ANOTHER_HAND, sizeAnnotation, sizePathOf, unsaid, withScale } from '../../../src/core/plan/scaled';
import { boundsOf, podSelectorOf } from '../../../src/core/plan/target-kind';

const PLAN = { service: 'lobby' };
const OURS = 'cdk8s-prewarm-lobby';

test('the size is what /scale says, wherever the object has it', () => {
  expect(boundsOf(read({ size: 7 }, 7))).toEqual({ floor: 7 });
  expect(boundsOf(read({ fleet: { size: 7 } }, 7))).toEqual({ floor: 7 });
  expect(boundsOf(read({ replicas: 3, size: 7 }, 7))).toEqual({ floor: 7 });
});

test('a 0 that the API leaves out is a 0', () => {
  expect(boundsOf(withScale(objectOf({ size: 0 }), { spec: {} }, 'gameserversets'))).toEqual({ floor: 0 });
});

test('an object without a size has none, so that any size is more', () => {
  expect(boundsOf(withScale(objectOf({}), {}, 'gameserversets'))).toEqual({ floor: 0 });
});

test('the pods are those that /scale names', () => {
  expect(podSelectorOf(read({ size: 7, selector: { matchLabels: { app: 'none' } } }, 7))).toBe('app=lobby');
});

describe('who holds the size', () => {
  test('is told by what was written at /scale', () => {
    const live = liveOf(read({ size: 7, minReady: 7 }, 7, [entry(OURS, { 'f:size': {} }, 'scale')]), PLAN);
    expect([live.ownsFloor, live.floorHand]).toEqual([true, undefined]);
  });

  test('is told by the field of that value, where nobody has written at /scale', () => {
    const live = liveOf(read({ size: 7, minReady: 3 }, 7, [entry('helm', { 'f:size': {} }), entry('kubectl-edit', { 'f:minReady': {} })]), PLAN);
    expect([live.ownsFloor, live.floorHand?.manager]).toEqual([false, 'helm']);
  });

  test('is told of a field further down', () => {
    const live = liveOf(read({ fleet: { size: 7 } }, 7, [entry('helm', { 'f:fleet': { 'f:size': {} } })]), PLAN);
    expect(live.floorHand?.manager).toBe('helm');
  });

  test('is nobody who holds a field of the usual name that is not the size', () => {
    const live = liveOf(read({ size: 7, replicas: 2 }, 7, [entry('helm', { 'f:replicas': {} }), entry('argo', { 'f:size': {} })]), PLAN);
    expect(live.floorHand?.manager).toBe('argo');
  });

  test('is another hand where two fields could be the size', () => {
    const live = liveOf(read({ size: 7, most: 7 }, 7, [entry('helm', { 'f:size': {}, 'f:most': {} })]), PLAN);
    expect([live.ownsFloor, live.floorHand?.manager]).toEqual([false, ANOTHER_HAND]);
  });

  test('is another keeper where that has written at /scale', () => {
    expect(liveOf(read({ size: 7 }, 7, [entry('cdk8s-prewarm-other', { 'f:size': {} }, 'scale')]), PLAN).otherKeeper).toBe('cdk8s-prewarm-other');
  });
});

describe('what a keeper says that it has written', () => {
  const saying = (size: number, manager = OURS) => ({ annotations: sizeAnnotation(manager, size) });

  test('is its own as long as that is the size', () => {
    expect(liveOf(read({ size: 7 }, 7, [], saying(7)), PLAN)).toMatchObject({ floor: 7, ownsFloor: true, floorHand: undefined });
  });

  test('is its own beside whoever is remembered', () => {
    expect(liveOf(read({ size: 7 }, 7, [entry('helm', { 'f:size': {} })], saying(7)), PLAN)).toMatchObject({ ownsFloor: true, floorHand: { manager: 'helm' } });
  });

  test('has the time of when it was said', () => {
    const said = { manager: OURS, operation: 'Update', time: '2026-12-05T00:00:00Z', fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:cdk8s-prewarm/size': {} } } } };
    expect(ownersOf(read({ size: 7 }, 7, [said], saying(7))).floor).toEqual([{ manager: OURS, time: '2026-12-05T00:00:00Z' }]);
  });

  test('is another hand\'s where the size is another, and nobody is remembered', () => {
    expect(liveOf(read({ size: 5 }, 5, [], saying(7)), PLAN)).toMatchObject({ floor: 5, ownsFloor: false, floorHand: { manager: ANOTHER_HAND } });
  });

  test('of another keeper is that keeper\'s', () => {
    expect(liveOf(read({ size: 7 }, 7, [], saying(7, 'cdk8s-prewarm-other')), PLAN)).toMatchObject({ ownsFloor: false, otherKeeper: 'cdk8s-prewarm-other' });
  });

  test('is taken back by that keeper only', () => {
    const object = objectOf({ size: 7 }, [], saying(7));
    expect([unsaid(object, 'lobby'), unsaid(object, 'other')]).toEqual([{ annotations: { 'cdk8s-prewarm/size': null } }, {}]);
  });
});

test('the path that is told is one at which the object has the size', () => {
  const leaf = fc.integer({ min: 0, max: 4 });
  const spec = fc.dictionary(fc.constantFrom('replicas', 'size', 'most', 'fleet', 'pool'), fc.oneof(leaf, fc.dictionary(fc.constantFrom('size', 'replicas'), leaf), fc.array(leaf)));
  fc.assert(fc.property(spec, leaf, (fields, size) => {
    const path = sizePathOf(objectOf(fields), size);
    const all = Object.entries(fields).flatMap(([key, value]): string[][] => typeof value === 'number' ? [[key]]
      : Array.isArray(value) ? [] : Object.keys(value).map(inner => [key, inner]));
    const alike = all.filter(one => one.reduce<any>((value, key) => value[key], fields) === size);
    if (path === undefined) {
      expect(alike.length === 0 || alike.length > 1 && !alike.some(one => one.join('.') === 'replicas')).toBe(true);
    } else {
      expect(alike).toContainEqual(path);
    }
  }), { seed: 20261205 });
});

function entry(manager: string, fields: object, subresource?: string) {
  return { manager, operation: 'Apply', time: '2026-12-01T00:00:00Z', ...subresource === undefined ? {} : { subresource }, fieldsV1: { 'f:spec': { ...fields } } };
}

function objectOf(spec: object, managedFields: readonly object[] = [], metadata: object = {}): Stored<TargetObject> {
  return {
    apiVersion: 'games.example.com/v1',
    kind: 'GameServerSet',
    metadata: { name: 'lobby', namespace: 'shop', uid: 'u', resourceVersion: '11', managedFields: managedFields as [], ...metadata },
    spec: spec as TargetObject['spec'],
  };
}

function read(spec: object, replicas: number, managedFields: readonly object[] = [], metadata: object = {}): Stored<TargetObject> {
  return withScale(objectOf(spec, managedFields, metadata), { spec: { replicas }, status: { replicas, selector: 'app=lobby' } }, 'gameserversets');
}
