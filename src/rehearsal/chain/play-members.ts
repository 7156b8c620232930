import { Chain, ChainPlan, Member } from './chain';
import { FrontDoor } from './front-door';
import { StationSeries } from './station-series';
import { Assumptions } from '../assumptions';
import { joinedText, lostText } from '../run';
import { ServiceRun, Served } from '../service-run';
import { faultOf, secondOf } from '../stage';
import { targetAtFirst } from '../target';
import { RunName, RunResult } from '../types';
import { World } from '../world';

/** One run of all services of an event. */
export interface PlayedTogether {
  readonly name: RunName;
  /** Parallel to the members. */
  readonly services: readonly RunResult[];
  /** By the id of the service's station. */
  readonly doors: ReadonlyMap<string, FrontDoor>;
  /** By the id of the station. */
  readonly series: ReadonlyMap<string, StationSeries>;
}

/** Called after each second, for tests that look inside. */
export type Watcher = (second: number, chain: Chain) => void;

/** Plays one run of all members, second by second. */
export function playMembers(plan: ChainPlan, name: RunName, watch?: Watcher): PlayedTogether {
  const { members } = plan;
  const stages = members.map(({ stage }) => stage);
  const [{ from, seconds, assumed }] = stages;
  const targets = stages.map(stage => targetAtFirst(stage, name));
  const world = new World(stages, targets.map(({ replicas }) => replicas), assumed);
  const runs = stages.map((stage, index) => new ServiceRun(stage, name, targets[index], { world, index }));
  const chain = new Chain(plan, runs);
  const lost = faultOf(stages[0], 'node-lost');
  const lostIn = lost ? secondOf(lost.at, from) : -1;
  const served = new Array<Served>(members.length);
  for (let second = 0; second < seconds; second++) {
    const at = from + second * 1000;
    for (const run of runs) {
      run.decide(second);
    }
    if (second === lostIn) {
      const pods = world.loseNode(second);
      runs.forEach((run, i) => run.recorder.say(at, 'nodes', lostText([pods[i]])));
    }
    const arrived = world.nodes.arrive(second);
    if (arrived > 0) {
      const text = joinedText(arrived, world);
      runs.forEach(run => run.recorder.say(at, 'nodes', text));
    }
    // whoever is first in a second writes first: all are first in turn
    for (let i = 0; i < runs.length; i++) {
      runs[(second + i) % runs.length].control(second);
    }
    world.schedule(second);
    for (const run of runs) {
      run.settle(second);
    }
    chain.step(second, served);
    world.giveBack(second);
    for (let i = 0; i < runs.length; i++) {
      runs[i].end(second, served[i]);
      runs[i].lookIfDue(second);
    }
    watch?.(second, chain);
  }
  return { name, services: runs.map(run => run.result()), doors: chain.doors, series: chain.series };
}

/** The same members with something else assumed. */
export function assuming(plan: ChainPlan, change: (assumed: Assumptions) => Partial<Assumptions>): ChainPlan {
  const members = plan.members.map(({ id, stage }): Member => ({ id, stage: { ...stage, assumed: { ...stage.assumed, ...change(stage.assumed) } } }));
  return { ...plan, members };
}
