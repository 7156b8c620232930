import { ALLOWANCES, creationMs, creationsOf, fullFrom } from '../../core/plan/lead';
import { formatCount } from '../../core/time/numbers';
import { formatMoment, formatSpan } from '../../core/time/words';
import { Check, atPlan } from '../check';
import { DeployedService, titleOf } from '../deployed';
import { openingsAhead } from '../openings';

const { jobMs, autoscalerMs, podsPerSecond } = ALLOWANCES;

export const check: Check = {
  id: 'fleet-too-slow',
  severities: ['warning'],
  meaning: 'Many services ask for pods at once, and a cluster creates them one after the other, so that some are Ready later than each alone would be.',
  run: ({ deployed: { services }, now }) => {
    if (services.length < 2) {
      return [];
    }
    const creations = new Map(creationsOf(services.map(({ plan }) => plan)).map(creation => [creation.at, creation]));
    const late = services.flatMap(service => openingsAhead(service.plan, now).flatMap(opening => {
      const from = fullFrom(opening);
      const creation = creations.get(from);
      if (!creation?.plans.has(service.plan)) {
        return [];
      }
      const alone = from + creationMs(opening.floor - service.plan.baseline.floor) + slackOf(service);
      const lateMs = creation.doneAt + slackOf(service) - opening.readyBy;
      // what is late alone is said of the service itself
      return lateMs > 0 && alone <= opening.readyBy ? [{ service, opening, creation, lateMs }] : [];
    }));
    if (late.length === 0) {
      return [];
    }
    const { service, opening, creation, lateMs } = late.reduce((a, b) => b.lateMs > a.lateMs ? b : a);
    return [{
      sentence: `${creation.plans.size} services ask for ${formatCount(creation.pods)} more pods at ${formatMoment(creation.at, opening.timeZone)}; `
        + `a cluster creates ${podsPerSecond} a second, the last after ${formatSpan(creation.doneAt - creation.at)}, so '${titleOf(service)}' is Ready `
        + `${formatSpan(lateMs)} later than '${opening.event}' wants it`,
      remedy: "lengthen the 'lead' of some of them",
      services: services.filter(({ plan }) => creation.plans.has(plan)),
      ...atPlan(service),
    }];
  },
};

/** All that passes beside the creation of pods. */
function slackOf({ plan }: DeployedService): number {
  return jobMs + autoscalerMs + plan.startupMs;
}
