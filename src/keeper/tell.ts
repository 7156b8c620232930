import { Told } from './findings';
import { Settled } from './settle';
import { Ending, World } from './world';
import { textOf } from '../core/finding';
import { whyOf } from '../core/plan/decide';

/** All that is worth a person's attention after a look at the target. */
export function findingsOf({ findings, fallsShort }: Pick<Settled, 'findings' | 'fallsShort'>): readonly Told[] {
  return fallsShort === undefined ? findings : [...findings, { id: 'floor-falls-short', severity: 'warning', sentence: fallsShort }];
}

/** Tells on the target what came of a look at it. */
export function tell(world: World, settled: Settled): void {
  const { object, change } = settled;
  if (change) {
    world.notifier.tell(object, change);
  }
  findingsOf(settled).forEach(finding => world.notifier.tell(object, finding));
}

/** The ending of a run that has applied the plan. */
export function endingOf({ live, wanted, change, findings, fallsShort }: Settled): Ending {
  const stands = { floor: live.floor, ceiling: live.ceiling, ...(findings.length ? { findings: findings.map(textOf) } : {}) };
  if (fallsShort !== undefined) {
    return { exitCode: 1, did: 'failed', message: fallsShort, ...stands };
  }
  return change
    ? { exitCode: 0, did: change.did, message: change.sentence, ...stands }
    : { exitCode: 0, did: 'unchanged', message: `floor ${live.floor} is right for ${whyOf(wanted)}`, ...stands };
}
