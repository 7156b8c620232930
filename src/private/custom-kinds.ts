import { groupOf } from '../core/plan/reference';
import { regularPlural } from '../core/plan/target-kind';

/** Kinds of somebody else's: all that can be said of them without a cluster. */

/** Groups of Kubernetes and KEDA: of what is scaled there, every kind is known. */
const KNOWN_GROUPS: readonly string[] = ['', 'apps', 'autoscaling', 'batch', 'policy', 'networking.k8s.io', 'keda.sh'];

/** Whether every kind of the group of a version is known. */
export function isOfKnownGroup(apiVersion: string): boolean {
  return KNOWN_GROUPS.includes(groupOf(apiVersion));
}

/** How kinds are spelt. */
export const KIND = /^[A-Z][A-Za-z0-9]{0,62}$/;

/** The group and the version of a kind: `games.example.com/v1`. */
export const GROUP_VERSION = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The plural of a kind. */
export const PLURAL = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Words that do not only get an `s`: `Proxy`, `Redis`, `Mesh`, `Box`. */
const IRREGULAR = /([sxz]|[cs]h|[^aeiou]y)$/i;

/** The plural of a kind that nobody has given; undefined: it cannot be told from the kind. */
export function pluralFrom(kind: string): string | undefined {
  return IRREGULAR.test(kind) ? undefined : regularPlural(kind);
}

/** For an example: what the plural may be. */
export function likelyPlural(kind: string): string {
  return /[^aeiou]y$/i.test(kind) ? `${kind.toLowerCase().slice(0, -1)}ies` : `${kind.toLowerCase()}es`;
}
