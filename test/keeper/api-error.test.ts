import { Asked, Conflict, Refusal, refusalInStream, refusalOf } from '../../src/keeper/api-error';

const AUTOSCALER: Asked = { verb: 'patch', resource: 'horizontalpodautoscalers/queue', namespace: 'shop' };
const SCALE: Asked = { verb: 'patch', resource: 'deployments/queue/scale', namespace: 'shop' };

// as Kubernetes 1.36 answers, the names replaced
const MISSING_RIGHT = 'horizontalpodautoscalers.autoscaling "queue" is forbidden: User "system:serviceaccount:shop:queue-prewarm" cannot patch resource '
  + '"horizontalpodautoscalers" in API group "autoscaling" in the namespace "shop"';
const POLICY = 'horizontalpodautoscalers.autoscaling "queue" is forbidden: ValidatingAdmissionPolicy \'small\' with binding \'small\' denied request: too large';
const INVALID = 'HorizontalPodAutoscaler.autoscaling "queue" is invalid: spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`';
const TEST_FAILED = 'the server rejected our request due to an error in our request';
const NOT_FOUND = 'horizontalpodautoscalers.autoscaling "queue" not found';
const CHANGED = 'Operation cannot be fulfilled on horizontalpodautoscalers.autoscaling "queue": the object has been modified; please apply your changes to '
  + 'the latest version and try again';

test.each<[string, Asked, number, string, string, Refusal]>([
  ['a right that RBAC does not grant', AUTOSCALER, 403, 'Forbidden', MISSING_RIGHT, 'missing-right'],
  ['a value that a policy denies', AUTOSCALER, 403, 'Forbidden', POLICY, 'value'],
  ['a value that is invalid', AUTOSCALER, 422, 'Invalid', INVALID, 'value'],
  ['a JSON patch whose test fails', SCALE, 422, 'Invalid', TEST_FAILED, 'changed'],
  ['an object that does not exist', AUTOSCALER, 404, 'NotFound', NOT_FOUND, 'absent'],
  ['an object that has been modified', AUTOSCALER, 409, 'Conflict', CHANGED, 'changed'],
  ['a method that is not served', AUTOSCALER, 405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', 'other'],
])('%s is told apart, and said', (_, asked, code, reason, message, refusal) => {
  const error = refusalOf(asked, code, JSON.stringify({ kind: 'Status', status: 'Failure', message, reason, code }));
  expect(error).toMatchObject({ refusal, said: message });
  expect(error.message).toContain(message);
});

test('sentences name the verb, the object and the namespace, and the way out', () => {
  const messageOf = (status: number, message: string) => refusalOf(AUTOSCALER, status, JSON.stringify({ message })).message;
  expect(messageOf(403, MISSING_RIGHT)).toBe(
    `may not patch horizontalpodautoscalers/queue in namespace shop; deploy the schedule's Role and RoleBinding again, they grant it (${MISSING_RIGHT})`);
  expect(messageOf(403, POLICY)).toBe(`could not patch horizontalpodautoscalers/queue: 403 ${POLICY}`);
  expect(messageOf(404, NOT_FOUND)).toBe(
    `horizontalpodautoscalers/queue is not in namespace shop; deploy it, or correct the name in the schedule (${NOT_FOUND})`);
  expect(messageOf(409, CHANGED)).toBe(`the object has changed meanwhile: ${CHANGED}`);
});

test('of a page that is no Status of the API, the first line is quoted', () => {
  expect(refusalOf(AUTOSCALER, 403, '\n<html>no</html>\nmore').message).toBe('could not patch horizontalpodautoscalers/queue: 403 <html>no</html>');
});

test('a conflict remembers that an earlier try may have been carried out', () => {
  expect([true, false].map(unheard => (refusalOf(AUTOSCALER, 409, '{}', unheard) as Conflict).unheard)).toEqual([true, false]);
});

test('a watch that is told to read anew has expired', () => {
  expect(refusalInStream({ ...AUTOSCALER, verb: 'watch' }, { code: 410, message: 'too old resource version: 1 (9)' })).toMatchObject({
    refusal: 'expired', message: 'watch horizontalpodautoscalers/queue: too old resource version: 1 (9)',
  });
});
