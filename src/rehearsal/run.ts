import { ServiceRun } from './service-run';
import { Stage, faultOf, secondOf } from './stage';
import { targetAtFirst } from './target';
import { RunName, RunResult } from './types';
import { World } from './world';

/** Plays one run of one service, second by second. */
export function play(stage: Stage, name: RunName): RunResult {
  const { from, seconds, assumed } = stage;
  const target = targetAtFirst(stage, name);
  const world = new World([stage], [target.replicas], assumed);
  const run = new ServiceRun(stage, name, target, { world, index: 0 });
  const lost = faultOf(stage, 'node-lost');
  const lostIn = lost ? secondOf(lost.at, from) : -1;
  for (let second = 0; second < seconds; second++) {
    const at = from + second * 1000;
    run.decide(second);
    if (second === lostIn) {
      run.recorder.say(at, 'nodes', lostText(world.loseNode(second)));
    }
    const arrived = world.nodes.arrive(second);
    if (arrived > 0) {
      run.recorder.say(at, 'nodes', joinedText(arrived, world));
    }
    run.control(second);
    world.schedule(second);
    run.settle(second);
    const served = run.serve(second);
    world.giveBack(second);
    run.end(second, served);
    run.lookIfDue(second);
  }
  return run.result();
}

export function lostText(pods: readonly number[]): string {
  return `a node is gone, with ${pods.reduce((sum, count) => sum + count, 0)} pods`;
}

export function joinedText(arrived: number, { nodes }: World): string {
  return `${arrived} ${arrived === 1 ? 'node joins' : 'nodes join'}, ${nodes.count()} in all`;
}
