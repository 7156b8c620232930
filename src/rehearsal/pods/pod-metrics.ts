import { Cohort, Cohorts } from './cohort';
import { Assumptions } from '../assumptions';
import { PodGroup, Sample } from '../autoscaler/metrics';

/** What the autoscaler sees. */
export interface PodMetrics {
  readonly groups: readonly PodGroup[];
  readonly cpu: readonly (Sample | undefined)[];
  readonly memory: readonly (Sample | undefined)[];
}

/** metrics-server looks; what it sees is public after a lag. */
export function scrape(cohorts: Cohorts, assumed: Assumptions, memoryBaseMiB: number, second: number): void {
  const seconds = assumed.metricsResolutionSeconds;
  for (const cohort of cohorts.list) {
    const runs = cohort.state === 'ready' || cohort.state === 'starting' || cohort.state === 'terminating';
    if (!runs) {
      cohort.scrapes = 0;
      cohort.samples = [];
      cohort.memorySample = undefined;
      cohort.cpu = 0;
      continue;
    }
    cohort.scrapes++;
    if (cohort.state !== 'ready' || cohort.servesAt > second) {
      cohort.cpu = assumed.idleCpuMillis * seconds;
    }
    if (cohort.scrapes >= 2) {
      cohort.samples = [cohort.samples[1], { value: Math.round(cohort.cpu / seconds), at: second * 1000, windowMs: seconds * 1000 }];
      cohort.memorySample = {
        value: Math.round((memoryBaseMiB + cohort.queue.depth * assumed.memoryPerRequestKiB / 1024) * 1000),
        at: second * 1000,
        windowMs: seconds * 1000,
      };
    }
    cohort.cpu = 0;
  }
}

/** What the metrics API answers now; times in milliseconds of the run. */
export function metricsOf(cohorts: Cohorts, assumed: Assumptions, second: number): PodMetrics {
  const visible = (second - assumed.metricsLagSeconds) * 1000;
  return {
    groups: cohorts.list.map(groupOf),
    cpu: cohorts.list.map(({ samples: [before, last] }) => last && last.at <= visible ? last : before),
    memory: cohorts.list.map(({ memorySample }) => memorySample && memorySample.at <= visible ? memorySample : undefined),
  };
}

function groupOf({ count, state, ready, readySince, startedAt }: Cohort): PodGroup {
  return {
    count,
    phase: state === 'unscheduled' || state === 'pulling' ? 'Pending' : 'Running',
    deleting: state === 'terminating',
    ready,
    readySince: readySince * 1000,
    ...(startedAt === undefined ? {} : { startedAt: startedAt * 1000 }),
  };
}
