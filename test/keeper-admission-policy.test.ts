import { App, Chart, Testing } from 'cdk8s';
import { KeeperAdmissionPolicy, KeeperAdmissionPolicyProps } from '../src';
import { TARGET_KINDS } from '../src/core/plan/target-kind';

test('a policy covers every kind whose floor a keeper moves, and is put in force by its binding', () => {
  const [policy, binding] = synthOf();
  const covered = policy.spec.matchConstraints.resourceRules.map(({ apiGroups, resources }: any) => `${apiGroups[0]}/${resources[0]}`);
  expect(covered).toEqual(TARGET_KINDS.map(({ apiVersion, plural }) => `${apiVersion.split('/')[0]}/${plural}`));
  for (const { kind, floor } of TARGET_KINDS) {
    expect(policy.spec.variables[0].expression).toContain(`'${kind}': ['${floor.field}'`);
  }
  expect(binding.spec).toEqual({ policyName: policy.metadata.name, validationActions: ['Deny'] });
});

test('a policy and its binding are objects of the whole cluster, under a name of one\'s own', () => {
  expect(synthOf({ name: 'keepers' }).map(({ kind, metadata }) => [kind, metadata])).toEqual([
    ['ValidatingAdmissionPolicy', { name: 'keepers' }], ['ValidatingAdmissionPolicyBinding', { name: 'keepers' }],
  ]);
});

test('a policy holds the keepers of the namespaces that are named', () => {
  const [, binding] = synthOf({ namespaces: ['shop', 'tickets'] });
  expect(binding.spec.matchResources.namespaceSelector.matchExpressions).toEqual([
    { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop', 'tickets'] },
  ]);
});

test.each<[KeeperAdmissionPolicyProps, string]>([
  [{ name: 'Keepers' }, "'name' must be the name of an object, such as 'cdk8s-prewarm-keepers', got 'Keepers' (a string)"],
  [{ namespaces: ['a.b'] }, "'namespaces[0]' must be the name of a namespace, such as 'shop', got 'a.b' (a string)"],
  [{ namespaces: [] }, "'namespaces' is empty, so the policy would hold no keeper; name one, or leave it out to hold those of all namespaces"],
])('a policy is refused with %j', (props, sentence) => {
  expect(() => synthOf(props)).toThrow(sentence);
});

test('a policy is refused in a chart with a namespace, which it could not be in', () => {
  const chart = new Chart(new App(), 'marathon', { namespace: 'marathon' });
  expect(() => new KeeperAdmissionPolicy(chart, 'keepers')).toThrow(
    "the chart has the namespace 'marathon', but a policy is an object of the whole cluster; put it into a chart of its own: new Chart(app, 'marathon-policy')");
});

function synthOf(props?: KeeperAdmissionPolicyProps): any[] {
  const chart = new Chart(new App(), 'policy');
  new KeeperAdmissionPolicy(chart, 'keepers', props);
  return Testing.synth(chart);
}
