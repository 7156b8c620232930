import { SCHEDULED } from '../../core/plan/plan';
import { Check, FoundInService, ofEachService } from '../check';
import { byEvent, openingsAhead } from '../openings';

export const check: Check = {
  id: 'job-missing',
  severities: ['error', 'warning'],
  meaning: 'A job of the plan, or the Deployment of its guards, is not among the manifests: an error where it moves the floor, a warning where it only proves something.',
  run: ofEachService(({ plan, jobs }, { now, isExcerpt }) => {
    const events = [...byEvent(openingsAhead(plan, now)).keys()];
    if (isExcerpt || events.length === 0) {
      return [];
    }
    const remedy = 'apply all manifests of one synth';
    if (!jobs.some(({ manifest }) => manifest.kind === 'CronJob')) {
      return [{
        sentence: 'no CronJob of it is there: nothing raises or lowers its floor',
        remedy: `${remedy}; where these are a part of them, say so with --excerpt`,
      }];
    }
    const isThere = (role: string, event?: string) => jobs.some(job => job.role === role && job.event === event);
    return [
      ...isThere('arm') ? [] : [{ severity: 'warning', sentence: 'no arm Job is there: nothing proves image and rights at a deploy, nor applies the plan then', remedy } as const],
      ...isThere('guard') || plan.guards === 0 ? [] : [{ sentence: 'no Deployment guards its floor: nothing puts it back at once', remedy }],
      ...plan.repair === undefined || isThere('repair') ? [] : [{
        severity: 'warning', sentence: `CronJob '${plan.repair}', which looks every ten minutes between events, is not there`, remedy,
      } as const],
      ...events.flatMap((event): FoundInService[] => [
        ...isThere('bump', event) ? [] : [{ sentence: `no CronJob raises the floor for '${event}'`, remedy }],
        ...isThere('drop', event) ? [] : [{ sentence: `no CronJob lowers the floor after '${event}'`, remedy }],
        ...isThere('verify', event) || plan.protection === SCHEDULED ? [] : [{ severity: 'warning', sentence: `no CronJob looks whether all is Ready before '${event}'`, remedy } as const],
      ]),
    ];
  }),
};
