import { Check, ofEachService } from '../check';
import { nameOf } from '../words';

export const check: Check = {
  id: 'job-suspended',
  severities: ['error'],
  meaning: 'A CronJob of ours is suspended and will not run.',
  run: ofEachService(({ jobs }) => jobs
    .filter(({ manifest: { kind, object } }) => kind === 'CronJob' && object.spec?.suspend === true)
    .map(({ manifest }) => ({
      alike: 'suspend',
      sentence: `${nameOf(manifest)} is suspended and will not run`,
      remedy: "take 'suspend' out",
      object: manifest,
      path: ['spec', 'suspend'],
    }))),
};
