import { Check, ofEachService } from '../check';
import { byEvent, openingsAhead } from '../openings';

export const check: Check = {
  id: 'job-missing',
  severities: ['error'],
  meaning: 'No CronJob raises the floor for an event.',
  run: ofEachService(({ plan, jobs }, { now }) => {
    const cronJobs = jobs.filter(({ manifest }) => manifest.kind === 'CronJob');
    // manifests without any CronJob of ours are an excerpt
    const events = cronJobs.length === 0 ? [] : [...byEvent(openingsAhead(plan, now)).keys()];
    return events.filter(event => !cronJobs.some(job => job.role === 'bump' && job.event === event)).map(event => ({
      sentence: `no CronJob raises the floor for '${event}'`,
      remedy: 'apply all manifests of one synth',
    }));
  }),
};
