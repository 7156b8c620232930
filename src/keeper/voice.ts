import { Told } from './findings';
import { Sight } from './sight';
import { World } from './world';
import { textOf } from '../core/finding';
import { Change } from '../core/plan/decide';

/** What a guard says, in its log and on the target. */
export class Voice {
  constructor(private readonly world: World, private readonly sight: Sight) {}

  /**
   * Something that the guard has done.
   *
   * @param isFight it is one of many alike, of which the finding tells
   */
  public sayChange(change: Change, floor: number, isFight = false): void {
    const { target, workload, told } = this.sight;
    this.world.log({ did: change.did, message: change.sentence, floor });
    if (isFight) {
      return;
    }
    // of a target that is gone nothing is restored, but its workload may be
    this.world.notifier.tell(target.current ?? workload?.current ?? told, change);
  }

  /** @param told what has been said before */
  public standing(told: readonly Told[]): Standing {
    return new Standing(told, finding => this.sayFinding(finding));
  }

  private sayFinding(finding: Told): void {
    this.world.log({ did: 'found', message: textOf(finding) });
    this.world.notifier.tell(this.sight.told, finding);
  }
}

/** Findings that last from one look to the next: each is said when it comes up, and again when it reads otherwise. */
export class Standing {
  private said: ReadonlyMap<string, string>;

  constructor(told: readonly Told[], private readonly announce: (finding: Told) => void) {
    this.said = byId(told);
  }

  /** What a look has found; what is no longer among it is over. */
  public say(findings: readonly Told[]): void {
    const now = byId(findings);
    findings.filter(({ id }) => this.said.get(id) !== now.get(id)).forEach(this.announce);
    this.said = now;
  }
}

/** How each finding reads, and which occurrence of it. */
function byId(findings: readonly Told[]): ReadonlyMap<string, string> {
  return new Map(findings.map(finding => [finding.id, `${textOf(finding)} ${finding.occurrence}`]));
}
