import { DAY, HOUR, MARATHON, MINUTE, NOW, autoscaler, configMap, deployed, deployment, openingAt, planOf } from './plans';
import { textOf } from '../../src/core/finding';
import { ANNOTATION_ALLOW } from '../../src/core/plan/names';
import { Allowance } from '../../src/manifests/allowances';
import { PlanFinding, isStopped } from '../../src/manifests/finding';
import { findingsOf } from '../../src/manifests/findings';

const CONFIG = configMap(MARATHON);
const MOVING = deployment('registration', { template: { spec: { containers: [{ name: 'main', image: 'main', resources: { requests: { cpu: '1' } } }] } } });

function allowing(text: string, object: any): any {
  return { ...object, metadata: { ...object.metadata, annotations: { [ANNOTATION_ALLOW]: text } } };
}

function findingsIn(objects: readonly any[], given: readonly Allowance[] = []): PlanFinding[] {
  return findingsOf({ deployed: deployed(...objects), now: NOW, isExcerpt: true }, given);
}

/** Ids with the reason that allows each. */
function allowed(objects: readonly any[], given: readonly Allowance[] = []): (readonly [string, string?])[] {
  return findingsIn(objects, given).map(finding => finding.allowed === undefined ? [finding.id] : [finding.id, finding.allowed]);
}

test('an annotation at the object allows a warning about it, with its reason', () => {
  expect(allowed([CONFIG, MOVING])).toEqual([['moving-tag']]);
  expect(allowed([CONFIG, allowing('moving-tag: the vendor: has no other; ', MOVING)])).toEqual([['moving-tag', 'the vendor: has no other']]);
});

test('several allowances of one annotation are parted by semicolons', () => {
  const far = configMap(planOf('web', [openingAt('sale', NOW + 500 * DAY, 20, { leadMs: 20 * MINUTE })]));
  expect(allowed([allowing('far-ahead: the games;\n lead-too-short: nodes are kept', far)])).toEqual([
    ['lead-too-short', 'nodes are kept'], ['far-ahead', 'the games'],
  ]);
});

test("an annotation at the plan's ConfigMap allows what concerns its service, at whatever object", () => {
  expect(allowed([allowing('moving-tag: ours', CONFIG), MOVING])).toEqual([['moving-tag', 'ours']]);
  const another = configMap(planOf('another', MARATHON.openings));
  expect(allowed([CONFIG, MOVING, allowing('moving-tag: ours', another)])).toEqual([['moving-tag'], ['allowance-unused']]);
});

test('an allowance of the command line allows the finding everywhere', () => {
  const second = { ...MOVING, metadata: { ...MOVING.metadata, name: 'queue' } };
  const objects = [CONFIG, MOVING, configMap(planOf('queue', MARATHON.openings)), second];
  expect(allowed(objects, [{ id: 'moving-tag', reason: 'tried' }])).toEqual([['moving-tag', 'tried']]);
});

test('an error cannot be allowed, and trying to is an error', () => {
  const objects = [CONFIG, allowing('replicas-set: it was always so', deployment('registration', { replicas: 3 }))];
  expect(allowed(objects)).toEqual([['replicas-set'], ['allowance-invalid']]);
  expect(textOf(findingsIn(objects)[1])).toBe("'replicas-set' is an error, which cannot be allowed; mend it, and take the allowance out");
});

test.each([
  ['moving-tag', "annotation 'cdk8s-prewarm/allow' gives no reason for 'moving-tag'"],
  ['moving-tag: ', "annotation 'cdk8s-prewarm/allow' gives no reason for 'moving-tag'"],
  ['moving: ours', "annotation 'cdk8s-prewarm/allow' names 'moving', and there is no finding of that id"],
  ['; moving-tag: ours', "annotation 'cdk8s-prewarm/allow' names '', and there is no finding of that id"],
])("the annotation '%s' is an error where it stands", (text, sentence) => {
  const findings = findingsIn([CONFIG, allowing(text, MOVING)]).filter(({ id }) => id === 'allowance-invalid');
  expect(findings).toEqual([{
    id: 'allowance-invalid',
    severity: 'error',
    sentence,
    remedy: 'write \'cdk8s-prewarm/allow: "ID: reason; ID: reason"\'',
    position: { file: 'metadata.annotations.cdk8s-prewarm/allow', line: 2, column: 1 },
  }]);
});

test('an allowance that matches nothing is an error, wherever it was given', () => {
  expect(allowed([CONFIG, allowing('moving-tag: ours', deployment('registration'))])).toEqual([['allowance-unused']]);
  expect(findingsIn([CONFIG], [{ id: 'moving-tag', reason: 'ours' }])).toEqual([{
    id: 'allowance-unused', severity: 'error', sentence: "'moving-tag' is allowed, and not found here", remedy: 'take the allowance out',
  }]);
});

test('what many services share is one finding, which names the others', () => {
  const objects = ['a', 'b', 'c', 'd', 'e'].flatMap(name => [
    configMap(planOf(name, MARATHON.openings)), deployment(name), autoscaler(name, { minReplicas: 2 }),
  ]);
  const [finding, ...others] = findingsIn(objects);
  expect(others).toEqual([]);
  expect(textOf(finding)).toBe("HorizontalPodAutoscaler 'a' has 'minReplicas: 2': every apply takes the floor down to it for a moment; "
    + "alike in 'marathon/b', 'marathon/c', 'marathon/d' and 1 more; take the field out, the keeper writes it; of one that lives already only after 'prewarm adopt'");
  expect(finding.alike?.map(({ service, position }) => `${service} ${position.line}`))
    .toEqual(['marathon/b 6', 'marathon/c 9', 'marathon/d 12', 'marathon/e 15']);
});

test('of leads that are too short the shortest is told', () => {
  const objects = [21, 20, 19].map((leadMinutes, i) =>
    configMap(planOf(`web-${i}`, [openingAt('sale', NOW + 5 * HOUR, 108, { leadMs: leadMinutes * MINUTE })])));
  const findings = findingsIn(objects);
  expect(findings).toHaveLength(1);
  expect(findings[0].service).toBe('marathon/web-2');
  expect(textOf(findings[0])).toMatch(/^'sale' asks for 108 pods only 4m before.*; alike in 'marathon\/web-0', 'marathon\/web-1'; a 'lead' of 22m is enough$/);
});

test('one that is allowed and one that is not are two findings', () => {
  const second = { ...MOVING, metadata: { ...MOVING.metadata, name: 'queue' } };
  const objects = [CONFIG, allowing('moving-tag: ours', MOVING), configMap(planOf('queue', MARATHON.openings)), second];
  expect(allowed(objects)).toEqual([['moving-tag'], ['moving-tag', 'ours']]);
});

test('an error stops a pipeline always, a warning only a strict one, and only while nobody allows it', () => {
  const finding = (severity: PlanFinding['severity'], allow?: string): PlanFinding => ({ id: 'x', severity, sentence: '', ...allow ? { allowed: allow } : {} });
  const stopped = (...findings: PlanFinding[]) => [isStopped(findings, false), isStopped(findings, true)];
  expect(stopped(finding('error'))).toEqual([true, true]);
  expect(stopped(finding('warning'))).toEqual([false, true]);
  expect(stopped(finding('warning', 'ours'))).toEqual([false, false]);
  expect(stopped(finding('note'))).toEqual([false, false]);
});
