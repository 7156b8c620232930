import { isOver, tightestOf } from '../../core/plan/station-load';
import { formatNumber, nameOfStation, sharesText, whenText } from '../../core/plan/station-words';
import { Check, Found, atPlan } from '../check';
import { loadsIn, usersIn } from '../station-loads';

export const check: Check = {
  id: 'callee-too-small',
  severities: ['warning'],
  meaning: 'The services that call another one are expected to send it more requests than the pods of its floor serve.',
  run: ({ deployed, now }) => loadsIn(deployed).filter(({ station: { kind } }) => kind === 'service').flatMap((load): Found[] => {
    const { station } = load;
    const callee = deployed.services.find(({ plan }) => plan === station.plan);
    const tightest = tightestOf(load, 'floor', now);
    return !callee || !tightest || !isOver(tightest) ? [] : [{
      sentence: `${nameOfStation(station)} serves ${formatNumber('service', tightest.usable)} requests/s at its floor, and its callers send `
        + `${formatNumber('service', tightest.used)} ${whenText(load, tightest.from)}: ${sharesText(load, 'floor', tightest.from)}`,
      remedy: 'have its demand follow them, by Demand.fromCallers()',
      services: [callee, ...usersIn(deployed, load)],
      ...atPlan(callee),
    }];
  }),
};
