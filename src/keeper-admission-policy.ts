import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Blame, blaming } from './private/blame';
import { policySpecOf } from './private/keeper-policy';
import { Shape, checkProps, kindOf, listOf } from './private/props';
import { isLabel, isSubdomain, withoutVariables } from './private/spelling';

/** Which keepers a policy holds to floor and ceiling. */
export interface KeeperAdmissionPolicyProps {
  /**
   * Name of the policy and of its binding. Both are objects of the whole cluster, so one app renders them.
   *
   * @default cdk8s-prewarm-keepers
   */
  readonly name?: string;

  /**
   * Namespaces whose keepers the policy holds.
   *
   * @default - all namespaces
   */
  readonly namespaces?: string[];
}

const SHAPE: Shape<KeeperAdmissionPolicyProps> = {
  name: kindOf("the name of an object, such as 'cdk8s-prewarm-keepers'", value => typeof value === 'string' && isSubdomain(withoutVariables(value))),
  namespaces: listOf(kindOf("the name of a namespace, such as 'shop'", value => typeof value === 'string' && isLabel(withoutVariables(value))), "['shop']"),
};

/**
 * A ValidatingAdmissionPolicy that lets keepers change floor and ceiling of their targets, and nothing else.
 *
 * RBAC can grant a patch of a whole object only. So the token of a keeper could also point its autoscaler at another workload, or give a Deployment
 * that is its target another image. With this policy, the API server refuses such a change.
 *
 * It does not look at an object that `ScheduleTarget.fromScale` names, of which nobody can say which field is the size.
 *
 * It holds every account whose name ends in `-prewarm`, as those of all schedules do, or in `-prewarm-repair`. Policy and binding are objects of
 * the whole cluster: render them once a cluster, in a chart of their own that has no namespace. They need Kubernetes 1.30 or later.
 *
 * @example
 * new KeeperAdmissionPolicy(new Chart(app, 'policy'), 'keepers');
 */
export class KeeperAdmissionPolicy extends Construct {
  /** The ValidatingAdmissionPolicy. */
  public readonly policy: ApiObject;
  /** Its binding, which puts it in force. */
  public readonly binding: ApiObject;

  constructor(scope: Construct, id: string, props: KeeperAdmissionPolicyProps = {}) {
    super(scope, id);
    blaming(this.node.path, () => checkProps('', SHAPE, props));
    const { name = 'cdk8s-prewarm-keepers', namespaces } = props;
    const { namespace, node } = Chart.of(this);
    if (namespace !== undefined) {
      throw Blame.on(this.node.path, `the chart has the namespace '${namespace}', but a policy is an object of the whole cluster; `
        + `put it into a chart of its own: new Chart(app, '${node.id}-policy')`);
    }
    if (namespaces?.length === 0) {
      throw Blame.on(this.node.path, "'namespaces' is empty, so the policy would hold no keeper; name one, or leave it out to hold those of all namespaces");
    }
    this.policy = new ApiObject(this, 'Policy', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: policySpecOf(),
    });
    this.binding = new ApiObject(this, 'Binding', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        ...namespaces === undefined ? {} : {
          matchResources: {
            namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [...namespaces] }] },
          },
        },
      },
    });
  }
}
