import { Cohort, Cohorts } from './cohort';
import { Assumptions } from '../assumptions';
import { Sample } from '../autoscaler/metrics';
import { Nodes } from '../nodes';

/** Cohorts whose containers started within so many seconds of each other are one, once they are warm. */
export const ALIKE_SECONDS = 15;

/** Joins cohorts that hardly anything tells apart, so that there are few however many pods came one after the other. */
export function mergeAlike(cohorts: Cohorts, nodes: Nodes, assumed: Assumptions, second: number): void {
  const { warmUpSeconds, hpaCpuInitializationSeconds, restartResetSeconds } = assumed;
  const settled = Math.max(warmUpSeconds, hpaCpuInitializationSeconds, restartResetSeconds);
  const kept = new Map<string, Cohort>();
  cohorts.list = cohorts.list.filter(cohort => {
    const { state, until, queue, samples, readySince, containerAt, group, revision } = cohort;
    if (state !== 'ready' || until < Infinity || cohort.deniedBy !== undefined || queue.depth > 0 || !samples[0] || second - readySince < warmUpSeconds) {
      return true;
    }
    const isSettled = second - containerAt > settled;
    cohort.crashes = isSettled ? 0 : cohort.crashes;
    const born = isSettled ? 'settled' : Math.floor(containerAt / ALIKE_SECONDS);
    const key = [revision, born, cohort.crashes, ...group?.images.keys() ?? []].join();
    const other = kept.get(key);
    if (!other) {
      kept.set(key, cohort);
      return true;
    }
    if (group && other.group && group !== other.group) {
      nodes.join(other.group, group);
    }
    other.samples = samples.map((sample, i) => meanOf(other.samples[i], other.count, sample, cohort.count));
    other.cpu = (other.cpu * other.count + cohort.cpu * cohort.count) / (other.count + cohort.count);
    other.count += cohort.count;
    other.startedAt = Math.max(other.startedAt ?? 0, cohort.startedAt ?? 0);
    other.readySince = Math.max(other.readySince, readySince);
    return false;
  });
}

function meanOf(a: Sample | undefined, countA: number, b: Sample | undefined, countB: number): Sample | undefined {
  return a && b ? { ...b, value: Math.round((a.value * countA + b.value * countB) / (countA + countB)) } : undefined;
}
