import { PlannedDemand } from '../plan/plan';

/** `15,000` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `15,000 requests/s`, `60 pods` */
export function formatDemand({ replicas, requestsPerSecond, headroomPercent }: PlannedDemand): string {
  return requestsPerSecond === undefined
    ? `${formatCount(replicas ?? 0)} pods`
    : `${formatCount(requestsPerSecond)} requests/s${headroomPercent === undefined ? '' : ` and ${headroomPercent} % more`}`;
}

/** `1 service`, `2 services` */
export function formatSome(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
