import { ChainPlan } from './chain';
import { PlayedTogether } from './play-members';
import { StationSeries } from './station-series';
import { secondOf } from '../stage';
import { PlayedStation, ShortStation, StationFacts, TightMoment, TogetherRun } from '../types';

/** A station is short while it is asked for so much more than it can do. */
const SHORT = 1.01;
/** Requests of a second that fail at the front door, from which on something has broken. */
const BREAKS = 0.01;
/** Stations that are short within so many seconds of each other are so at once. */
const AT_ONCE = 3;

/** Services and dependencies in call order, with how deep in the chain they are. */
export function stationsOf({ members, graph: { stations, edges } }: ChainPlan): StationFacts[] {
  const depth = new Map<string, number>();
  return stations.filter(({ id, kind }) => kind !== 'service' || members.some(member => member.id === id)).map(({ id, kind, name, namespace }): StationFacts => {
    const callers = edges.filter(({ to }) => to === id);
    depth.set(id, Math.max(0, ...callers.map(({ from }) => (depth.get(from) ?? 0) + 1)));
    return {
      id,
      kind: kind === 'connections' || kind === 'requestsPerSecond' ? kind : 'service',
      name,
      ...(namespace === undefined ? {} : { namespace }),
      depth: depth.get(id)!,
      usedBy: callers.map(({ from }) => from),
    };
  });
}

/** What one run of an event comes to, at the front door and at each station. */
export function togetherRunOf(plan: ChainPlan, played: PlayedTogether, lasting: TogetherRun['lasting']): TogetherRun {
  const { members } = plan;
  const [{ stage }] = members;
  const { from, seconds } = stage;
  const opens = Math.max(0, secondOf(stage.opening.at, from));
  const doors = members.map(({ id }) => played.doors.get(id)!);
  const [arrived, served, failed] = (['arrived', 'served', 'failures'] as const).map(column => {
    const sums = new Float64Array(seconds);
    for (const door of doors) {
      door[column].forEach((count, second) => { sums[second] += count; });
    }
    return sums;
  });
  const sinceOpening = (list: Float64Array) => list.reduce((sum, count, second) => sum + (second >= opens ? count : 0), 0);
  const [allArrived, allServed, allFailed] = [arrived, served, failed].map(sinceOpening);
  const facts = stationsOf(plan);
  const stations = facts.map((station): PlayedStation => {
    const series = played.series.get(station.id)!;
    const member = members.findIndex(({ id }) => id === station.id);
    const short = shortOf(series, from, 0);
    const tightest = tightestOf(series, from, opens);
    return {
      id: station.id,
      ...(tightest ? { tightest } : {}),
      ...(member < 0 ? {} : { success: played.services[member].success }),
      failed: series.failed.reduce((sum, count, second) => sum + (second >= opens ? count : 0), 0),
      ...(short ? { short } : {}),
    };
  });
  const breaks = failed.findIndex((count, second) => second >= opens && count > BREAKS * Math.max(1, arrived[second]));
  const first = breaks < 0 ? undefined : firstShort(facts, played, from, breaks);
  return {
    name: played.name,
    arrived: allArrived,
    served: allServed,
    failed: allFailed,
    success: allServed + allFailed > 0 ? allServed / (allServed + allFailed) : 1,
    ...(breaks < 0 ? {} : { failsAt: from + breaks * 1000 }),
    ...(first ? { firstShort: first } : {}),
    ...(lasting ? { lasting } : {}),
    stations,
    series: { from, arrived, served, failed, stations: played.series },
  };
}

/** Which station was short first when requests began to fail; of several at once, the one that was short by the largest part. */
function firstShort(facts: readonly StationFacts[], { series }: PlayedTogether, from: number, breaks: number): TogetherRun['firstShort'] {
  const candidates = facts.flatMap(({ id }) => {
    const short = shortOf(series.get(id)!, from, breaks);
    return short && short.at <= from + (breaks + AT_ONCE) * 1000 ? [{ station: id, ...short }] : [];
  });
  const earliest = Math.min(...candidates.map(({ at }) => at));
  const shareThen = (id: string) => {
    const { wanted, capacity } = series.get(id)!;
    return Math.max(...[0, 1, 2, 3].map(later => shareShort(wanted[breaks + later] ?? 0, capacity[breaks + later] ?? 0)));
  };
  return candidates.filter(({ at }) => at <= earliest + AT_ONCE * 1000).sort((a, b) => shareThen(b.station) - shareThen(a.station))[0];
}

/** The stretch in which a station was short that reaches to a second, or else the first after it. */
function shortOf({ wanted, capacity, failed }: StationSeries, from: number, around: number): ShortStation | undefined {
  const isShort = (second: number) => wanted[second] > capacity[second] * SHORT && wanted[second] > 0;
  let start = around;
  if (isShort(around)) {
    while (start > 0 && isShort(start - 1)) {
      start--;
    }
  } else {
    while (start < wanted.length && !isShort(start)) {
      start++;
    }
  }
  if (start >= wanted.length) {
    return undefined;
  }
  let worst = start;
  let end = start;
  for (; end < wanted.length && isShort(end); end++) {
    worst = shareShort(wanted[end], capacity[end]) > shareShort(wanted[worst], capacity[worst]) ? end : worst;
  }
  return {
    at: from + start * 1000,
    seconds: end - start,
    worstAt: from + worst * 1000,
    wanted: wanted[worst],
    capacity: capacity[worst],
    share: shareShort(wanted[worst], capacity[worst]),
    failed: failed.slice(start, end).reduce((sum, count) => sum + count, 0),
  };
}

function shareShort(wanted: number, capacity: number): number {
  return wanted > 0 ? Math.max(0, 1 - capacity / wanted) : 0;
}

/** From the opening on, the moment at which most of what a station can do was asked for; undefined: nothing ever was. */
function tightestOf({ wanted, capacity }: StationSeries, from: number, opens: number): TightMoment | undefined {
  let tightest = -1;
  let most = 0;
  for (let second = opens; second < wanted.length; second++) {
    const use = useOf(wanted[second], capacity[second]);
    if (use > most) {
      [tightest, most] = [second, use];
    }
  }
  const use = Number.isFinite(most) ? { use: most } : {};
  return tightest < 0 ? undefined : { at: from + tightest * 1000, wanted: wanted[tightest], capacity: capacity[tightest], ...use };
}

/** The part of what a station can do that is asked for; above 1 it is short. */
export function useOf(wanted: number, capacity: number): number {
  if (wanted <= 0) {
    return 0;
  }
  return capacity > 0 ? wanted / capacity : Infinity;
}
