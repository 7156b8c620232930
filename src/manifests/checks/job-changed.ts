import { Check, FoundInService, ofEachService } from '../check';
import { jobProblemsOf } from '../keeper-pod';
import { nameOf } from '../words';

export const check: Check = {
  id: 'job-changed',
  severities: ['error'],
  meaning: 'A job of ours does not run the keeper as the constructs wrote it: its command, its mount or its token has been changed.',
  run: ofEachService((service, { deployed: { manifests }, isExcerpt }) => service.jobs.flatMap(job =>
    jobProblemsOf(job, service, manifests, isExcerpt).map(({ sentence, path }): FoundInService => ({
      alike: sentence,
      sentence: `${nameOf(job.manifest)} ${sentence}`,
      remedy: 'apply the manifests of one synth as they are',
      object: job.manifest,
      path,
    })))),
};
