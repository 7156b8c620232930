import { Check, ofEachService } from '../check';
import { cronProblemOf } from '../timetable';
import { nameOf } from '../words';

export const check: Check = {
  id: 'cron-invalid',
  severities: ['error'],
  meaning: 'A CronJob of ours has a schedule or a time zone that the API server refuses or the controller cannot read, so it never runs.',
  run: ofEachService(({ jobs }) => jobs.filter(({ manifest }) => manifest.kind === 'CronJob').flatMap(({ manifest }) => {
    const problem = cronProblemOf(manifest);
    return !problem ? [] : [{
      sentence: `${nameOf(manifest)} never runs: ${problem.sentence}`,
      remedy: 'apply the manifests of one synth as they are',
      object: manifest,
      path: ['spec', problem.field],
    }];
  })),
};
