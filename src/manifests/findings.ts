import { Check, CheckContext, Found } from './check';
import { CHECKS } from './checks';
import { titleOf } from './deployed';
import { PlanFinding } from './finding';

/** What a person should look at, the services in their order, and then what concerns several. */
export function findingsOf(context: CheckContext): PlanFinding[] {
  const { services } = context.deployed;
  const rankOf = ({ services: its }: Found) => its.length === 1 ? services.indexOf(its[0]) : services.length;
  return CHECKS
    .flatMap(check => check.run(context).map(found => ({ rank: rankOf(found), finding: findingOf(check, found) })))
    .sort((a, b) => a.rank - b.rank)
    .map(({ finding }) => finding);
}

function findingOf({ id, severities }: Check, found: Found): PlanFinding {
  const { severity = severities[0], sentence, remedy, services, object, path } = found;
  return {
    id,
    severity,
    ...(services.length === 1 ? { service: titleOf(services[0]) } : {}),
    sentence,
    ...(remedy === undefined ? {} : { remedy }),
    position: object.at(...path),
  };
}
