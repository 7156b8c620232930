import { baselineOf, peakOf, sumOf } from '../../core/plan/fleet';
import { endOf, startOf } from '../../core/plan/plan';
import { parseQuantity } from '../../core/plan/quantity';
import { EpochMs } from '../../core/time/instant';
import { formatCount } from '../../core/time/numbers';
import { formatMoment } from '../../core/time/words';
import { Check, Found } from '../check';
import { Deployed, DeployedService, titleOf } from '../deployed';
import { Manifest } from '../manifest';
import { quotasOf } from '../pods';
import { membersOf, objectsOf } from '../quota';
import { nameOf, someOf } from '../words';

/** Sums of tenths are right to within this part of them. */
const EXACT = 1e-9;

export const check: Check = {
  id: 'quota-exceeded',
  severities: ['error'],
  meaning: 'The floors of all services in a namespace, with the pods of their jobs, or the objects of the manifests ask for more than its ResourceQuota allows.',
  run: ({ deployed, now }) => [...new Set(deployed.services.map(({ namespace }) => namespace))].flatMap(namespace => {
    const services = deployed.services.filter(service => service.namespace === namespace);
    return quotasOf(deployed.manifests, namespace).flatMap(quota =>
      Object.entries(quota.object.spec?.hard ?? {}).flatMap(([field, quantity]): Found[] => {
        const hard = parseQuantity(quantity);
        const excess = hard === undefined ? undefined
          : podsBeyond(hard, field, String(quantity), services, deployed, now) ?? objectsBeyond(hard, field, quota, deployed);
        return excess === undefined ? [] : [{
          sentence: `${nameOf(quota)} allows ${quantity} of '${field}'; ${excess}`,
          remedy: 'raise the quota first',
          services,
          object: quota,
          path: ['spec', 'hard', field],
        }];
      }));
  }),
};

function podsBeyond(
  hard: number, field: string, quantity: string, services: readonly DeployedService[], { manifests }: Deployed, now: EpochMs,
): string | undefined {
  const ofEach = services.map(service => membersOf(field, service, manifests) ?? []);
  const members = ofEach.flat();
  const peak = peakOf(sumOf(members), now) ?? { ...baselineOf(members), from: now };
  if (peak.floor <= hard * (1 + EXACT)) {
    return undefined;
  }
  const [zone] = services.flatMap(({ plan }) => plan.openings.filter(opening => startOf(opening) <= peak.from && peak.from < endOf(opening)))
    .map(({ timeZone }) => timeZone);
  const names = someOf(services.map(titleOf));
  const who = ofEach.some(its => its.length > 1) ? `the floors of ${names} and the pods of their jobs` : `the floors of ${names}`;
  return `${who} alone ask for ${formatLike(quantity, peak.floor)} from ${formatMoment(peak.from, zone)}${zone ? '' : ' UTC'} on`;
}

function objectsBeyond(hard: number, field: string, { namespace }: Manifest, { manifests }: Deployed): string | undefined {
  const count = objectsOf(field, namespace, manifests);
  return count === undefined || count <= hard ? undefined : `these manifests alone make ${formatCount(count)}`;
}

/** An amount in the unit of a quantity, rounded up to a hundredth of it. */
function formatLike(quantity: string, amount: number): string {
  const unit = /[a-zA-Z]*$/.exec(quantity)![0];
  const hundredths = amount / (parseQuantity(`1${unit}`) ?? 1) * 100;
  return `${Math.ceil(hundredths * (1 - EXACT)) / 100}${unit}`;
}
