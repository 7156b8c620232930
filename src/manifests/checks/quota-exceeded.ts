import { Member, baselineOf, peakOf, sumOf } from '../../core/plan/fleet';
import { endOf, startOf } from '../../core/plan/plan';
import { formatMoment } from '../../core/time/words';
import { Check, Found } from '../check';
import { runningContainersOf } from '../containers';
import { titleOf } from '../deployed';
import { Manifest } from '../manifest';
import { parseQuantity } from '../quantity';
import { nameOf, someOf } from '../words';

/** Sums of tenths are right to within this part of them. */
const EXACT = 1e-9;

/** What a quota may count, and how much of it one pod asks for. */
const QUOTA_FIELDS: { readonly [field: string]: (workload: Manifest | undefined) => number } = {
  'pods': () => 1,
  'count/pods': () => 1,
  'cpu': workload => amountOf(workload, 'requests', 'cpu'),
  'requests.cpu': workload => amountOf(workload, 'requests', 'cpu'),
  'memory': workload => amountOf(workload, 'requests', 'memory'),
  'requests.memory': workload => amountOf(workload, 'requests', 'memory'),
  'limits.cpu': workload => amountOf(workload, 'limits', 'cpu'),
  'limits.memory': workload => amountOf(workload, 'limits', 'memory'),
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
        const members = its.map(({ plan, workload }): Member => ({ plan, weight: share(workload) }));
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

/** What one pod asks for; a missing request is its limit, as the API server has it. */
function amountOf(workload: Manifest | undefined, kind: 'requests' | 'limits', resource: string): number {
  return (workload ? runningContainersOf(workload) : []).reduce((sum, { container: { resources } }) =>
    sum + (parseQuantity(resources?.[kind]?.[resource] ?? resources?.limits?.[resource]) ?? 0), 0);
}

/** An amount in the unit of a quantity, rounded up to a hundredth of it. */
function formatLike(quantity: string, amount: number): string {
  const unit = /[a-zA-Z]*$/.exec(quantity)![0];
  const hundredths = amount / (parseQuantity(`1${unit}`) ?? 1) * 100;
  return `${Math.ceil(hundredths * (1 - EXACT)) / 100}${unit}`;
}
