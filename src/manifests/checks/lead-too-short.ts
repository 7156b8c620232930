import { ALLOWANCES, creationMs, fullFrom, timeToReady } from '../../core/plan/lead';
import { startOf } from '../../core/plan/plan';
import { MINUTE } from '../../core/time/wall-clock';
import { formatSpan } from '../../core/time/words';
import { Check, FoundInService, ofEachService } from '../check';
import { byEvent, openingsAhead } from '../openings';
import { factsOf } from '../pods';
import { alike, formatPods } from '../words';

const { jobMs, autoscalerMs, nodesMs, imageMs } = ALLOWANCES;

export const check: Check = {
  id: 'lead-too-short',
  severities: ['error', 'warning'],
  meaning: 'The floor rises too late for its pods to be Ready in time: an error where no cluster can be fast enough, '
    + 'a warning where a cluster that needs new nodes or has to pull the image cannot.',
  run: ofEachService((service, { now }) => [...byEvent(openingsAhead(service.plan, now)).values()].flatMap((openings): FoundInService[] => {
    const { plan } = service;
    const facts = factsOf(service);
    const late = openings
      .map(opening => ({ opening, hasMs: opening.readyBy - fullFrom(opening), ...timeToReady(plan, opening, facts) }))
      .filter(({ hasMs, atMostMs }) => hasMs < atMostMs);
    if (late.length === 0) {
      return [];
    }
    const worst = late.reduce((a, b) => b.atMostMs - b.hasMs > a.atMostMs - a.hasMs ? b : a);
    const { opening, pods, hasMs, startingMs, atLeastMs, atMostMs } = worst;
    const lead = opening.at - startOf(opening) + Math.ceil((atMostMs - hasMs) / MINUTE) * MINUTE;
    return [{
      alike: opening.event,
      weight: atMostMs - hasMs,
      severity: hasMs < atLeastMs ? 'error' : 'warning',
      sentence: `'${opening.event}' asks for ${formatPods(opening.floor)} only ${formatSpan(Math.max(0, hasMs))} before they must be Ready, `
        + `which takes up to ${formatSpan(atMostMs)} (job ${formatSpan(jobMs)}, autoscaler ${formatSpan(autoscalerMs)}, `
        + `${facts.isOrdered ? '' : `creating ${formatPods(pods)} ${formatSpan(creationMs(pods))}, `}`
        + `new nodes ${formatSpan(nodesMs)}, image ${formatSpan(imageMs)}, `
        + `${facts.isOrdered ? `starting ${formatPods(pods)} one after the other ${formatSpan(startingMs)}` : `start-up ${formatSpan(plan.startupMs)}`})${alike(late)}`,
      remedy: `a 'lead' of ${formatSpan(lead)} is enough${facts.isOrdered ? `, or 'podManagementPolicy: Parallel' in a new ${plan.workload.kind}` : ''}`,
    }];
  })),
};
