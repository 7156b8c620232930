import { groupOf, isSameObject } from '../../../src/core/plan/reference';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' };

test('the group of an API version is what stands before the slash, and the core group has none', () => {
  expect([groupOf('apps/v1'), groupOf('keda.sh/v1alpha1'), groupOf('v1')]).toEqual(['apps', 'keda.sh', '']);
});

test('an object is the same in every version of its group', () => {
  expect(isSameObject(DEPLOYMENT, { ...DEPLOYMENT, apiVersion: 'apps/v1beta2' })).toBe(true);
});

test('of an object out of a list, which carries no version, the kind alone decides', () => {
  expect(isSameObject({ kind: 'Deployment', name: 'queue' }, DEPLOYMENT)).toBe(true);
  expect(isSameObject({ kind: 'StatefulSet', name: 'queue' }, DEPLOYMENT)).toBe(false);
});

test.each([
  ['group', { apiVersion: 'extensions/v1' }], ['kind', { kind: 'StatefulSet' }], ['name', { name: 'shop' }],
])('another %s is another object', (_, other) => {
  expect(isSameObject(DEPLOYMENT, { ...DEPLOYMENT, ...other })).toBe(false);
});
