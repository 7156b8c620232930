import { Check, ofEachService } from '../check';
import { byEvent, openingsAhead } from '../openings';

/** Ten events of three jobs; beyond, nobody finds one in `kubectl get cronjobs`, and what starts on a minute waits for one another. */
const MANY = 30;

export const check: Check = {
  id: 'many-cron-jobs',
  severities: ['warning'],
  meaning: 'A service has more than 30 CronJobs, where its openings in one list would be three.',
  run: ofEachService(({ plan, jobs }, { now }) => {
    const count = jobs.filter(({ manifest }) => manifest.kind === 'CronJob').length;
    const events = byEvent(openingsAhead(plan, now)).size;
    return count <= MANY ? [] : [{
      sentence: `it has ${count} CronJobs, for ${events} events`,
      remedy: 'make its openings one event, with OpeningEvent.at, fromCsv or fromJson: three CronJobs, however many they are (docs/openings.md)',
    }];
  }),
};
