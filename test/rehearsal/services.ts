import { Opening } from '../../src/core/plan/plan';
import { defaultBehavior } from '../../src/rehearsal/autoscaler/spec';
import { RehearsedCronJob, RehearsedService, RehearsedWorkload } from '../../src/rehearsal/types';
import { HOUR } from '../support/durations';
import { openingAt, planOf } from '../support/plans';

export * from '../support/durations';

/** Ten in the morning in Seoul. */
export const OPENING = Date.parse('2026-12-05T10:00:00+09:00');

export interface Wishes {
  readonly floor?: number;
  readonly ceiling?: number;
  readonly rps?: number;
  readonly leadMs?: number;
  readonly holdMs?: number;
  readonly guards?: number;
  readonly behavior?: object;
  readonly workload?: Partial<RehearsedWorkload>;
  readonly openings?: readonly Opening[];
}

/** The registration of a city marathon: 15,000 requests in the first second, 200 of them a pod. */
export function marathon(wishes: Wishes = {}): RehearsedService {
  const { floor = 108, ceiling = 162, rps = 15_000, leadMs = 3 * HOUR, holdMs = 2 * HOUR, guards = 2 } = wishes;
  const openings = wishes.openings ?? [openingAt('seoul-marathon', OPENING, floor, { ceiling, leadMs, holdMs, demand: { requestsPerSecond: rps } })];
  const plan = planOf('registration', openings, { fixedCeiling: ceiling, guards, podCapacity: 200 });
  return {
    plan,
    autoscaler: {
      maxReplicas: ceiling,
      metrics: [{ type: 'Resource', name: 'cpu', averageUtilization: 70 }],
      behavior: defaultBehavior(wishes.behavior ?? {
        scaleUp: { policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
        scaleDown: { policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] },
      }),
    },
    workload: {
      image: 'registry.example.com/registration:2.8.1',
      imagePullPolicy: 'IfNotPresent',
      cpuRequestMillis: 1000,
      memoryRequestMiB: 1024,
      reservedCpuMillis: wishes.workload?.cpuRequestMillis ?? 1000,
      reservedMemoryMiB: wishes.workload?.memoryRequestMiB ?? 1024,
      memoryLimitMiB: 1024,
      startupProbe: { initialDelaySeconds: 0, periodSeconds: 5, failureThreshold: 24, successThreshold: 1 },
      readinessProbe: { initialDelaySeconds: 0, periodSeconds: 5, failureThreshold: 3, successThreshold: 1 },
      maxSurge: '10%',
      maxUnavailable: 0,
      preStopSeconds: 10,
      graceSeconds: 30,
      ...wishes.workload,
    },
    cronJobs: [
      cronJob('bump', '0/5 7-11 5 12 *'),
      cronJob('verify', '45 9 5 12 *'),
      cronJob('drop', '0 12 5 12 *'),
      cronJob('repair', '17 * * * *'),
    ],
    notes: [],
  };
}

export function cronJob(role: RehearsedCronJob['role'], schedule: string, more: Partial<RehearsedCronJob> = {}): RehearsedCronJob {
  return {
    name: role === 'repair' ? 'registration-prewarm-repair' : `registration-seoul-marathon-${role}`,
    role,
    ...(role === 'repair' ? {} : { event: 'seoul-marathon' }),
    schedule,
    timeZone: 'Asia/Seoul',
    startingDeadlineSeconds: 3600,
    concurrencyPolicy: 'Forbid',
    suspend: false,
    parallelism: role === 'bump' ? 2 : 1,
    ...more,
  };
}
