import { join } from 'node:path';
import { interleaved, spreadOf } from './measure';
import { PlannedUse } from '../src/core/plan/use-facts';
import { PlacedService, playTogether } from '../src/rehearsal/chain/event';
import { HOUR, marathon } from '../test/rehearsal/services';

/**
 * A day in steps of a second of an event of twenty services: a front door, services behind it in three rows, a database that they share, and a
 * payment provider. CPU time and peak memory.
 *
 * `tsx --tsconfig tsconfig.check.json benchmark/event.ts [RUNS]`; every run in a process of its own.
 */
const SERVICES = 20;

const [argument, mode] = process.argv.slice(2);
if (mode) {
  console.log(JSON.stringify({ ms: day() }));
} else {
  const runs = Number(argument ?? 3);
  const results = interleaved({ event: ['--import', 'tsx', join(__dirname, 'event.ts'), '1', 'day'] }, runs).event;
  const show = (list: readonly number[], digits: number) => {
    const { min, median, max } = spreadOf(list);
    return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`;
  };
  console.log(`${SERVICES} services, 86,400 s: CPU s ${show(results.map(({ ms }) => ms / 1000), 2)}, peak MB ${show(results.map(({ peakMb }) => peakMb), 0)}; median (min-max) of ${runs}`);
}

/** CPU milliseconds of the first day in this process. */
function day(): number {
  const services = Array.from({ length: SERVICES }, (_, i) => serviceOf(i));
  const before = process.cpuUsage();
  const [front] = playTogether(services, { fromMs: -12 * HOUR, untilMs: 12 * HOUR, assume: { nodesMax: 10_000 } });
  const { user, system } = process.cpuUsage(before);
  const [{ series }] = front.together!.runs;
  if (series.served.length !== 86_400 || front.prewarmed.success < 0.999) {
    throw new Error(`the day was not played: ${front.prewarmed.success}`);
  }
  return (user + system) / 1000;
}

/** The first calls three others, each of which calls some, and so on; all use the database. */
function serviceOf(index: number): PlacedService {
  const called = [3 * index + 1, 3 * index + 2, 3 * index + 3].filter(each => each < SERVICES);
  const uses: PlannedUse[] = [
    { kind: 'connections', name: 'tickets-db', limit: 5_000, reserved: 40, perPod: 8 },
    ...called.map((each): PlannedUse => ({ kind: 'service', name: `service-${each}`, perRequest: 0.3 })),
    ...(index % 5 === 4 ? [{ kind: 'requestsPerSecond', name: 'payment-provider', limit: 20_000, perRequest: 1 } as const] : []),
  ];
  const service = marathon(index === 0 ? {} : { floor: index < 4 ? 33 : 12, ceiling: 60, rps: index < 4 ? 4_500 : 1_350 });
  return { service: { ...service, plan: { ...service.plan, service: `service-${index}`, uses } } };
}
