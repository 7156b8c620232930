import { endOf, planAt } from '../../core/plan/plan';
import { formatMoment } from '../../core/time/words';
import { Check, Found, atPlan } from '../check';
import { titleOf } from '../deployed';
import { formatPods } from '../words';

export const check: Check = {
  id: 'schedule-removed',
  severities: ['warning'],
  needsBefore: true,
  meaning: 'A service or its schedule is gone from the manifests while a window of it is on, and nothing holds its floor any more.',
  run: ({ before, deployed: { services }, now }) => {
    const there = new Set(services.map(titleOf));
    return (before?.services ?? []).filter(service => !there.has(titleOf(service))).flatMap((service): Found[] => {
      const { floor, openings: [opening] } = planAt(service.plan, now);
      return !opening ? [] : [{
        sentence: `'${titleOf(service)}' is gone while the window of '${opening.event}' is on: nothing holds its ${formatPods(floor)} any more`,
        remedy: `take it out after ${formatMoment(endOf(opening), opening.timeZone)}`,
        services: [service],
        ...atPlan(service),
      }];
    });
  },
};
