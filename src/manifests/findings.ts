import { ALLOWANCE_FINDINGS, ALLOWANCE_PATH, Allowance, AllowanceFinding, allowancesIn } from './allowances';
import { Check, CheckContext, Found } from './check';
import { CHECKS } from './checks';
import { titleOf } from './deployed';
import { PlanFinding } from './finding';
import { someOf } from './words';
import { Severity } from '../core/finding';

/** All ids that `findingsOf` can find. */
export const FINDING_IDS: ReadonlySet<string> = new Set([...CHECKS.map(({ id }) => id), ...Object.keys(ALLOWANCE_FINDINGS)]);

/** Those that need to know what was there before. */
const OF_CHANGES: ReadonlySet<string> = new Set(CHECKS.filter(({ needsBefore }) => needsBefore).map(({ id }) => id));

/** What one check found once, and whether somebody allows it. */
interface Told {
  readonly check: Check;
  readonly severity: Severity;
  readonly found: Found;
  readonly allowance?: Allowance;
}

/**
 * What a person should look at: the services in their order, then what concerns several, then what is wrong with allowances.
 *
 * What the same check finds alike at several places is one finding.
 *
 * @param given allowances beside those of annotations
 */
export function findingsOf(context: CheckContext, given: readonly Allowance[] = []): PlanFinding[] {
  const { services, manifests } = context.deployed;
  const { allowances, findings } = allowancesIn(manifests, FINDING_IDS);
  const all = [...given, ...allowances];
  const told = CHECKS.flatMap(check => check.run(context).map(found => toldOf(check, found, all)));
  const rankOf = ({ found: { services: its } }: Told) => its.length === 1 ? services.indexOf(its[0]) : services.length;
  // what a change would be allowed is unused only where changes were looked at
  const looked = all.filter(({ id }) => context.before !== undefined || !OF_CHANGES.has(id));
  const groups = new Map<string, Told[]>();
  for (const one of told.sort((a, b) => rankOf(a) - rankOf(b))) {
    const { check, severity, allowance, found: { sentence, remedy, alike } } = one;
    const key = JSON.stringify([check.id, severity, allowance?.reason, ...alike === undefined ? [sentence, remedy] : [alike]]);
    groups.set(key, [...groups.get(key) ?? [], one]);
  }
  return [
    ...[...groups.values()].map(findingOf),
    ...[...findings, ...unusedIn(looked, told)].map(({ object, ...finding }): PlanFinding => ({
      ...finding, ...(object ? { position: object.at(...ALLOWANCE_PATH) } : {}),
    })),
  ];
}

function toldOf(check: Check, found: Found, allowances: readonly Allowance[]): Told {
  const severity = found.severity ?? check.severities[0];
  const allowance = allowances.find(one => matches(one, check.id, found));
  return { check, severity, found, ...(allowance && severity !== 'error' ? { allowance } : {}) };
}

/** An annotation speaks for its object; that of a plan's ConfigMap for all that concerns its service alone. */
function matches({ id, object }: Allowance, foundId: string, { object: cause, services }: Found): boolean {
  const isOfService = services.length === 1 && services[0].config === object;
  return id === foundId && (object === undefined || object === cause || isOfService);
}

function unusedIn(allowances: readonly Allowance[], told: readonly Told[]): AllowanceFinding[] {
  return allowances.flatMap((allowance): AllowanceFinding[] => {
    const { id, object } = allowance;
    const its = told.filter(({ check, found }) => matches(allowance, check.id, found));
    const place = object ? { object } : {};
    if (its.length === 0) {
      return [{ id: 'allowance-unused', severity: 'error', sentence: `'${id}' is allowed, and not found here`, remedy: 'take the allowance out', ...place }];
    }
    return its.some(({ severity }) => severity !== 'error') ? [] : [{
      id: 'allowance-invalid', severity: 'error', sentence: `'${id}' is an error, which cannot be allowed`, remedy: 'mend it, and take the allowance out', ...place,
    }];
  });
}

/** Of what is found alike, the one that weighs most speaks for all. */
function findingOf(group: readonly Told[]): PlanFinding {
  const speaker = group.reduce((a, b) => (b.found.weight ?? 0) > (a.found.weight ?? 0) ? b : a);
  const { check: { id }, severity, allowance, found: { sentence, remedy, services, object, path } } = speaker;
  const others = group.filter(told => told !== speaker);
  const titles = services.map(titleOf);
  return {
    id,
    severity,
    ...(titles.length === 1 ? { service: titles[0] } : {}),
    ...(titles.length > 1 ? { services: titles } : {}),
    sentence: `${sentence}${othersText(others, titles)}`,
    ...(remedy === undefined ? {} : { remedy }),
    ...(allowance ? { allowed: allowance.reason } : {}),
    position: object.at(...path),
    ...(others.length === 0 ? {} : {
      alike: others.map(({ found }) => ({
        ...(found.services.length === 1 ? { service: titleOf(found.services[0]) } : {}), position: found.object.at(...found.path),
      })),
    }),
  };
}

function othersText(others: readonly Told[], titles: readonly string[]): string {
  const elsewhere = [...new Set(others.flatMap(({ found }) => found.services.map(titleOf)))].filter(title => !titles.includes(title));
  if (elsewhere.length > 0) {
    return `; alike in ${someOf(elsewhere)}`;
  }
  return others.length > 0 ? `; ${others.length} more alike` : '';
}
