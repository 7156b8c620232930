import { ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { KeeperNetworkPolicyOptions } from '../keeper-options';

/** Labels of the pods for which a policy is, as a label selector has them. */
export interface PodSelector {
  readonly matchLabels: { readonly [label: string]: string };
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: 'Exists' }[];
}

/** The policy's name and labels. */
interface Metadata {
  readonly name: string;
  readonly labels: { readonly [label: string]: string };
}

/** Refuses what would have no meaning. */
export function checkNetworkPolicy({ webhook, webhookPorts }: KeeperNetworkPolicyOptions, hasWebhook: boolean): void {
  const given = webhook ? 'webhook' : 'webhookPorts';
  if ((webhook ?? webhookPorts) && !hasWebhook) {
    throw new Error(`'keeper.networkPolicy.${given}' (${(webhook ?? webhookPorts)!.join(', ')}) needs 'keeper.webhookUrl', without which the jobs reach no webhook; `
      + 'leave it out, or pass the URL');
  }
}

/**
 * A NetworkPolicy for keepers: nothing comes in, and out goes what they need.
 *
 * The API server is reached by the address in the pod's environment, so names are looked up for a webhook only.
 *
 * @param hasWebhook asked at synth
 */
export function networkPolicy(
  scope: Construct, id: string, metadata: Metadata, podSelector: PodSelector, options: KeeperNetworkPolicyOptions, hasWebhook: () => boolean,
): ApiObject {
  const { apiServer, apiServerPorts = [443, 6443], webhook, webhookPorts = [443] } = options;
  return new ApiObject(scope, id, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: {
      podSelector,
      policyTypes: ['Ingress', 'Egress'],
      egress: Lazy.any({
        produce: () => [
          ruleOf(apiServer, apiServerPorts),
          ...hasWebhook() ? [ruleOf(webhook, webhookPorts), { ports: [{ protocol: 'UDP', port: 53 }, { protocol: 'TCP', port: 53 }] }] : [],
        ],
      }),
    },
  });
}

/** To some addresses, or to all. */
function ruleOf(addresses: readonly string[] | undefined, ports: readonly number[]): object {
  return {
    ...(addresses ? { to: addresses.map(cidr => ({ ipBlock: { cidr } })) } : {}),
    ports: ports.map(port => ({ protocol: 'TCP', port })),
  };
}
