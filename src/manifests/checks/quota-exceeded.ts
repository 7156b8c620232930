import { Member, baselineOf, peakOf, sumOf } from '../../core/plan/fleet';
import { endOf, startOf } from '../../core/plan/plan';
import { ParsedPod, podLimitOf, podRequestOf } from '../../core/plan/pod-shape';
import { parseQuantity } from '../../core/plan/quantity';
import { formatMoment } from '../../core/time/words';
import { Check, Found } from '../check';
import { podOf } from '../containers';
import { titleOf } from '../deployed';
import { nameOf, someOf } from '../words';

/** Sums of tenths are right to within this part of them. */
const EXACT = 1e-9;

/** What a quota may count, and how much of it one pod asks for. */
const QUOTA_FIELDS: { readonly [field: string]: (pod: ParsedPod) => number } = {
  'pods': () => 1,
  'count/pods': () => 1,
  'cpu': pod => podRequestOf(pod, 'cpu') ?? 0,
  'requests.cpu': pod => podRequestOf(pod, 'cpu') ?? 0,
  'memory': pod => podRequestOf(pod, 'memory') ?? 0,
  'requests.memory': pod => podRequestOf(pod, 'memory') ?? 0,
  'limits.cpu': pod => podLimitOf(pod, 'cpu') ?? 0,
  'limits.memory': pod => podLimitOf(pod, 'memory') ?? 0,
};

export const check: Check = {
  id: 'quota-exceeded',
  severities: ['error'],
  meaning: 'The floors of all services in a namespace together ask for more than its ResourceQuota allows.',
  run: ({ deployed: { manifests, services }, now }) => {
    // a quota with scopes counts pods that we cannot tell from the manifests
    const unscoped = manifests.filter(({ kind, object: { spec } }) => kind === 'ResourceQuota' && !spec?.scopes && !spec?.scopeSelector);
    return unscoped.flatMap(quota => {
      const its = services.filter(service => service.namespace === quota.namespace);
      return Object.entries(quota.object.spec?.hard ?? {}).flatMap(([field, quantity]): Found[] => {
        const hard = parseQuantity(quantity);
        const share = QUOTA_FIELDS[field];
        if (hard === undefined || !share || its.length === 0) {
          return [];
        }
        const members = its.map(({ plan, workload }): Member => ({ plan, weight: share(podOf(workload)) }));
        const peak = peakOf(sumOf(members), now) ?? { ...baselineOf(members), from: now };
        if (peak.floor <= hard * (1 + EXACT)) {
          return [];
        }
        const [zone] = its.flatMap(({ plan }) => plan.openings.filter(opening => startOf(opening) <= peak.from && peak.from < endOf(opening)))
          .map(({ timeZone }) => timeZone);
        return [{
          sentence: `${nameOf(quota)} allows ${quantity} of '${field}'; the floors of ${someOf(its.map(titleOf))} alone ask for `
            + `${formatLike(String(quantity), peak.floor)} from ${formatMoment(peak.from, zone)}${zone ? '' : ' UTC'} on`,
          remedy: 'raise the quota first',
          services: its,
          object: quota,
          path: ['spec', 'hard', field],
        }];
      });
    });
  },
};

/** An amount in the unit of a quantity, rounded up to a hundredth of it. */
function formatLike(quantity: string, amount: number): string {
  const unit = /[a-zA-Z]*$/.exec(quantity)![0];
  const hundredths = amount / (parseQuantity(`1${unit}`) ?? 1) * 100;
  return `${Math.ceil(hundredths * (1 - EXACT)) / 100}${unit}`;
}
