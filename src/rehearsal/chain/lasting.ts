import { ChainPlan } from './chain';
import { PlayedTogether, assuming, playMembers } from './play-members';
import { Assumptions } from '../assumptions';
import { Remedy } from '../types';

/** A failure that outlasts its cause: traffic is low enough again, and requests fail all the same. */
export interface Lasting {
  /** Milliseconds from the beginning of the run. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** What the first tries of clients alone would use of the tightest station, at most. */
  readonly load: number;
  /** Requests answered, of first tries. */
  readonly answered: number;
}

/** How low the traffic is, how many requests fail, and for how long, before a failure is one that lasts. */
const LOW = 0.9;
const FAILS = 0.9;
const SECONDS = 60;

/** The longest time in which hardly anything is asked for, and still much fails; undefined: there is none. */
export function lastingOf(plan: ChainPlan, played: PlayedTogether): Lasting | undefined {
  const { members } = plan;
  const doors = members.map(({ id }) => played.doors.get(id)!);
  const [{ stage: { seconds } }] = members;
  if (doors.every(door => door.failures.every(count => count === 0))) {
    return undefined;
  }
  const visits = visitsOf(plan);
  const stations = [...visits.keys()];
  const pools = plan.graph.stations.filter(({ kind }) => kind === 'connections').map(({ id }) => id);
  let longest: Lasting | undefined;
  let since = -1;
  let [mostLoad, tries, answered] = [0, 0, 0];
  for (let second = 0; second <= seconds; second++) {
    let [load, first, served] = [0, 0, 0];
    for (let i = 0; i < members.length && second < seconds; i++) {
      first += doors[i].first[second];
      served += doors[i].served[second];
    }
    for (const id of second < seconds ? pools : []) {
      const { wanted, capacity } = played.series.get(id)!;
      load = Math.max(load, wanted[second] > 0 ? wanted[second] / capacity[second] : 0);
    }
    for (const id of second < seconds ? stations : []) {
      const demand = visits.get(id)!.reduce((sum, times, i) => sum + times * doors[i].first[second], 0);
      load = Math.max(load, demand > 0 ? demand / played.series.get(id)!.capacity[second] : 0);
    }
    if (second < seconds && first > 0 && load <= LOW && served < FAILS * first) {
      since = since < 0 ? second : since;
      [mostLoad, tries, answered] = [Math.max(mostLoad, load), tries + first, answered + served];
      continue;
    }
    if (since >= 0 && second - since >= SECONDS && (!longest || second - since > (longest.untilMs - longest.fromMs) / 1000)) {
      longest = { fromMs: since * 1000, untilMs: second * 1000, load: mostLoad, answered: answered / tries };
    }
    since = -1;
    [mostLoad, tries, answered] = [0, 0, 0];
  }
  return longest;
}

/** How often one request of each member's clients comes to a station with a capacity in requests. */
function visitsOf({ members, graph: { stations, edges } }: ChainPlan): Map<string, number[]> {
  const visits = new Map(stations.map(({ id }) => [id, members.map(member => member.id === id ? 1 : 0)]));
  for (const { id } of stations) {
    for (const { to, perRequest = 0 } of edges.filter(({ from }) => from === id)) {
      visits.get(to)!.forEach((_, i, times) => { times[i] += visits.get(id)![i] * perRequest; });
    }
  }
  const counted = stations.filter(({ id, kind }) => kind === 'requestsPerSecond' || members.some(member => member.id === id));
  return new Map(counted.map(({ id }) => [id, visits.get(id)!]));
}

/** What usually ends such a failure. */
const KNOBS: readonly { readonly says: string; readonly change: (assumed: Assumptions) => Partial<Assumptions> }[] = [
  {
    says: 'a retry budget',
    change: ({ retryPercent, callRetryPercent }) => retryPercent > 0 || callRetryPercent > 0 ? { retryBudgetPercent: 20 } : {},
  },
  {
    says: 'a shorter queue',
    change: ({ queueLimit, timeoutSeconds, podRps }) => {
      // whoever is let in is answered before its client leaves
      const short = Math.max(1, Math.floor(podRps * timeoutSeconds / 2));
      return queueLimit === 0 || queueLimit > short ? { queueLimit: short } : {};
    },
  },
  {
    says: 'shedding requests whose clients have left',
    change: ({ abandonedServedPercent }) => abandonedServedPercent > 0 ? { abandonedServedPercent: 0 } : {},
  },
];

/** Plays the same again with each of the usual remedies. */
export function remediesOf(plan: ChainPlan): Remedy[] {
  return KNOBS.flatMap(({ says, change }): Remedy[] => {
    const changes = plan.members.map(({ stage }) => change(stage.assumed)).filter(each => Object.keys(each).length > 0);
    if (changes.length === 0) {
      return [];
    }
    const changed = assuming(plan, change);
    return [{ says, assume: changes[0], ends: lastingOf(changed, playMembers(changed, 'prewarmed')) === undefined }];
  });
}
