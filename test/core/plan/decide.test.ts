import { belowCeiling, changeOf, decide, scaledOf, wantedNear, whyOf } from '../../../src/core/plan/decide';
import { Live, Pods, applied } from '../../../src/core/plan/live';
import { Override, Wanted, wantedAt } from '../../../src/core/plan/override';
import { HOUR, MINUTE } from '../../support/durations';
import { openingAt, planOf } from '../../support/plans';

const OPENING = openingAt('sale', '2026-12-05T10:00:00+09:00', 40, { leadMs: HOUR, holdMs: HOUR });
const PLAN = planOf('queue', [OPENING]);
const RISE = OPENING.at - HOUR;
const OVERRIDE: Override = { floor: 3, until: RISE, reason: 'radio' };
const HAND = { manager: 'kubectl-patch', time: '2026-12-01T00:00:00Z' };
const OWN: Live = { floor: 40, ceiling: 60, ownsFloor: true, ownsCeiling: true, ownsCeilingAlone: true, isDisabled: false };
const SALE: Wanted = { floor: 40, ceiling: 60, openings: [OPENING] };
const BASELINE: Wanted = { floor: 2, ceiling: 10, openings: [] };

describe('of all combinations of small numbers and owners', () => {
  test('floor and ceiling become the lowest that wants, hands and pods allow, and nothing else', () => {
    const wrong = casesWhere(({ wanted, live, pods }) => {
      const { then } = decide(wanted, live, pods);
      const lowest = lowestAllowed(wanted, live, pods);
      return then.floor !== lowest.floor || then.ceiling !== lowest.ceiling;
    });
    expect(wrong).toEqual([]);
  });

  test('the write leads to what the decision says', () => {
    const wrong = casesWhere(({ wanted, live, pods }) => {
      const { write, then } = decide(wanted, live, pods);
      const after = write ? applied(live, write) : live;
      return after.floor !== then.floor || after.ceiling !== then.ceiling;
    });
    expect(wrong).toEqual([]);
  });

  test('no floor of another hand is lowered, and no ceiling that is not ours', () => {
    const wrong = casesWhere(({ wanted, live, pods }) => {
      const { then } = decide(wanted, live, pods);
      const isOurs = live.ownsCeiling || live.ceiling === live.manifestCeiling;
      return then.floor < live.floor && !live.ownsFloor || live.ceiling !== undefined && then.ceiling! < live.ceiling && !isOurs;
    });
    expect(wrong).toEqual([]);
  });

  test('no live pod is cut by a ceiling', () => {
    const wrong = casesWhere(({ wanted, live, pods }) => {
      const { then } = decide(wanted, live, pods);
      return live.ceiling !== undefined && then.ceiling! < live.ceiling && then.ceiling! < pods.most;
    });
    expect(wrong).toEqual([]);
  });

  test('a second look writes nothing', () => {
    const wrong = casesWhere(({ wanted, live, pods }) => {
      const { write } = decide(wanted, live, pods);
      return write !== undefined && decide(wanted, applied(live, write), pods).write !== undefined;
    });
    expect(wrong).toEqual([]);
  });

  test('the floor that is asked for is the keeper\'s afterwards, so that no manifest that leaves it out can take it away', () => {
    const wrong = casesWhere(({ wanted, live, pods }) => {
      const { write, then } = decide(wanted, live, pods);
      return then.floor === wanted.floor && !(write ? applied(live, write) : live).ownsFloor;
    });
    expect(wrong).toEqual([]);
  });

  test('an apply carries all that only the keeper holds, since the API server removes what it leaves out', () => {
    const wrong = casesWhere(({ wanted, live, pods }) => {
      const { write } = decide(wanted, live, pods);
      return write !== undefined && (live.ownsFloor && write.floor === undefined || live.ownsCeilingAlone && write.ceiling === undefined);
    });
    expect(wrong).toEqual([]);
  });

  test('the workload is scaled where pods are awaited and it is asked for fewer than the floor, and then to the floor', () => {
    const wrong = casesWhere(({ wanted, live, pods }) => {
      const { scale, then } = decide(wanted, live, pods);
      const asked = pods.asked ?? (live.isDisabled ? 0 : undefined);
      const target = Math.min(wanted.floor, then.floor);
      const isAwaited = wanted.openings.length > 0 || wanted.override !== undefined;
      const isDue = live.ceiling !== undefined && asked !== undefined && asked < target && isAwaited;
      return isDue ? scale?.from !== asked || scale?.to !== target : scale !== undefined;
    });
    expect(wrong).toEqual([]);
  });

  test('a change is told where floor, ceiling or the owner of the floor has changed, and its verb is the floor\'s first', () => {
    const wrong = casesWhere(({ wanted, live, pods }) => {
      const { write } = decide(wanted, live, pods);
      const after = write ? applied(live, write) : live;
      const [before, now] = live.floor === after.floor ? [live.ceiling ?? 0, after.ceiling ?? 0] : [live.floor, after.floor];
      const verb = now > before ? 'raised' : now < before ? 'lowered' : after.ownsFloor && !live.ownsFloor ? 'adopted' : undefined;
      return changeOf(live, after, wanted)?.did !== verb;
    });
    expect(wrong).toEqual([]);
  });

  test('every finding is there exactly where it is so', () => {
    const wrong = casesWhere(({ wanted, live, pods }) => {
      const { then, findings } = decide(wanted, live, pods);
      const isCeilingHigh = live.ceiling !== undefined && live.ceiling > Math.max(wanted.ceiling, then.floor);
      const isOurs = live.ownsCeiling || live.ceiling === live.manifestCeiling;
      const isAwaited = wanted.openings.length > 0 || wanted.override !== undefined;
      const isAtZero = live.ceiling !== undefined && (pods.asked ?? (live.isDisabled ? 0 : 1)) === 0;
      const expected = [
        ...(live.floor > wanted.floor && !live.ownsFloor ? ['higher-floor-kept'] : []),
        ...(isAtZero && wanted.floor > 0 && !isAwaited ? ['workload-at-zero'] : []),
        ...(isCeilingHigh && !isOurs ? ['higher-ceiling-kept'] : []),
        ...(isCeilingHigh && isOurs && pods.most < Infinity && pods.most > Math.max(wanted.ceiling, then.floor) ? ['ceiling-waits'] : []),
        ...(wanted.overruled && wanted.overruled.floor > wanted.floor ? ['override-lowers'] : []),
      ];
      return findings.map(({ id }) => id).join() !== expected.join();
    });
    expect(wrong).toEqual([]);
  });

  test('where the ceiling may not be raised, the floor goes as high as it stands, nobody else\'s is adopted, and a second look writes nothing', () => {
    const wrong = casesWhere(({ wanted, live, pods }) => {
      const decision = decide(wanted, live, pods);
      const shortfall = belowCeiling(decision, wanted, live, 'no');
      if (decision.ceiling !== 'raise') {
        return shortfall !== undefined;
      }
      const { write, then } = shortfall!.decision;
      const after = write ? applied(live, write) : live;
      const again = belowCeiling(decide(wanted, after, pods), wanted, after, 'no');
      return after.ceiling !== live.ceiling
        || after.floor !== then.floor
        || after.floor !== Math.min(Math.max(wanted.floor, live.ownsFloor ? 0 : live.floor), live.ceiling!)
        || after.ownsFloor !== (live.floor <= wanted.floor || live.ownsFloor)
        || live.ownsCeilingAlone && !after.ownsCeilingAlone
        || again!.decision.write !== undefined;
    });
    expect(wrong).toEqual([]);
  });
});

describe('what it has to say', () => {
  const sentences = (wanted: Wanted, live: Live, pods?: Pods) => decide(wanted, live, pods).findings.map(({ sentence }) => sentence);

  test('whose higher floor and ceiling stay, and who asks for less', () => {
    const another = { ownsFloor: false, floorHand: HAND, ownsCeiling: false, ownsCeilingAlone: false, ceilingHand: HAND };
    const live = { ...OWN, floor: 90, ceiling: 500, ...another };
    expect(decide(SALE, live)).toMatchObject({ floor: 'keep', ceiling: 'keep', then: { floor: 90, ceiling: 500 } });
    expect(sentences(SALE, live)).toEqual(['floor 90 of kubectl-patch stays, sale asks for 40', 'ceiling 500 of kubectl-patch stays, sale asks for 90']);
  });

  test('each new write of that hand is an occurrence of its own', () => {
    const live = { ...OWN, floor: 90, ceiling: 90, ownsFloor: false, floorHand: HAND };
    expect(decide(SALE, live, { most: 80 }).findings[0]).toMatchObject({ id: 'higher-floor-kept', occurrence: HAND.time });
  });

  test('that the ceiling waits for pods to go; not while nobody has counted them', () => {
    expect(decide(BASELINE, OWN)).toMatchObject({ ceiling: 'wait', findings: [] });
    expect(sentences(BASELINE, OWN, { most: 38 })).toEqual(['ceiling 60 stays until at most 10 pods run, now 38: nothing cuts live pods']);
  });

  test('that an override asks for less than the plan, and what it is for', () => {
    const wanted = wantedAt(PLAN, { floor: 6, until: OPENING.at, reason: 'half the crowd' }, OPENING.at - 1);
    expect(sentences(wanted, { ...OWN, floor: 6 }))
      .toEqual(['override until 2026-12-05T01:00:00Z (half the crowd) asks for floor 6, the plan for 40']);
    expect(sentences(wantedAt(PLAN, { floor: 40, until: OPENING.at }, OPENING.at - 1), OWN)).toEqual([]);
  });

  test('that a workload stands at 0 between windows; nothing where a floor of 0 is planned', () => {
    const live = { ...OWN, floor: 2, ceiling: 10, isDisabled: true };
    expect(sentences(BASELINE, live)).toEqual(['the workload stands at 0, where its autoscaler does nothing; from the next window on it is brought to the floor']);
    expect(sentences({ ...BASELINE, floor: 0 }, { ...live, floor: 0 })).toEqual([]);
  });
});

describe('a workload at 0', () => {
  const disabled: Live = { ...OWN, isDisabled: true };

  test('is brought to the floor in a window', () => {
    expect(decide(SALE, disabled).scale).toEqual({ from: 0, to: 40 });
  });

  test('is brought to the floor of an override too, since somebody asks for pods', () => {
    expect(decide(wantedAt(PLAN, OVERRIDE, RISE - 1), { ...disabled, floor: 3 }).scale).toEqual({ from: 0, to: 3 });
  });

  test('is left at 0 where 0 is what is asked for', () => {
    expect(decide({ ...SALE, floor: 0 }, { ...disabled, floor: 0 }).scale).toBeUndefined();
  });

  test('is no longer at 0 where it was seen to be asked for more', () => {
    expect(decide(SALE, disabled, { asked: 40, most: 40 }).scale).toBeUndefined();
  });

  test('is told with the reason', () => {
    expect(scaledOf(PLAN.workload, { from: 0, to: 40 }).sentence).toBe('Deployment queue 0 -> 40: at 0 its autoscaler does nothing');
    expect(scaledOf(PLAN.workload, { from: 12, to: 40 }).sentence).toBe('Deployment queue 12 -> 40: that is below its floor');
  });
});

describe('a ceiling that may not be raised', () => {
  const live = { ...OWN, floor: 2, ceiling: 10 };

  test('is told with the floor that falls short, and whose words say so', () => {
    expect(belowCeiling(decide(SALE, live), SALE, live, 'denied by policy small')!.sentence)
      .toBe('floor 10 instead of 40: the ceiling may not go from 10 to 60; raise it by hand, or ask whoever refuses it (denied by policy small)');
  });

  test('is told by itself where the floor is not short of anything', () => {
    const high = { ...OWN, ceiling: 50 };
    expect(belowCeiling(decide(SALE, high), SALE, high, 'denied')!.sentence)
      .toBe('the ceiling may not go from 50 to 60; raise it by hand, or ask whoever refuses it (denied)');
  });
});

describe('what is wanted near an edge', () => {
  const at = (ms: number, live: Live) => wantedNear(PLAN, undefined, live, RISE + ms).floor;
  const risen: Live = { ...OWN, floor: 40 };
  const fallen: Live = { ...OWN, floor: 2, ceiling: 10 };

  test('is already what comes, up to two seconds before it, where a keeper whose clock is ahead has written it', () => {
    expect([at(-2_001, risen), at(-2_000, risen), at(-1, risen), at(0, risen)]).toEqual([2, 40, 40, 40]);
  });

  test('is what is in force where nothing was written ahead, or another hand wrote it', () => {
    expect([at(-1_000, fallen), at(-1_000, { ...risen, ownsFloor: false })]).toEqual([2, 2]);
  });

  test('is already what comes where only the ceiling changes', () => {
    const { windows: [window] } = OPENING;
    const wider = { ...OPENING, windows: [window, { ...window, from: OPENING.at, ceiling: 80 }] };
    const plan = planOf('queue', [wider]);
    const ceilingAt = (ms: number, live: Live) => wantedNear(plan, undefined, live, OPENING.at + ms).ceiling;
    expect([ceilingAt(-1_000, { ...OWN, ceiling: 80 }), ceilingAt(-3_000, { ...OWN, ceiling: 80 }), ceilingAt(-1_000, OWN)]).toEqual([80, 60, 60]);
  });

  test('is already the plan shortly before an override ends', () => {
    const override = { floor: 10, until: RISE - 10 * MINUTE };
    expect(wantedNear(PLAN, override, fallen, override.until - 1_000)).toMatchObject({ floor: 2, ceiling: 10 });
  });
});

test('by whose word something is wanted: an override, the events, each once, or the baseline', () => {
  expect(whyOf(wantedAt(PLAN, OVERRIDE, RISE - 1))).toBe('override until 2026-12-05T00:00:00Z (radio)');
  expect(whyOf({ ...SALE, openings: [OPENING, { ...OPENING, event: 'final' }, OPENING] })).toBe('sale, final');
  expect(whyOf(BASELINE)).toBe('baseline');
});

// ---- all combinations

interface Case {
  readonly wanted: Wanted;
  readonly live: Live;
  readonly pods: Pods;
}

/** The first few cases that are so. */
function casesWhere(isSo: (one: Case) => boolean): Case[] {
  return ALL.filter(isSo).slice(0, 3);
}

/** Said a second time, by trying all that could be written. */
function lowestAllowed(wanted: Wanted, live: Live, pods: Pods): { floor: number; ceiling?: number } {
  const mayLower = live.ownsCeiling || live.manifestCeiling !== undefined && live.manifestCeiling === live.ceiling;
  for (let floor = 0; ; floor++) {
    const isFloorAllowed = floor >= wanted.floor && (floor >= live.floor || live.ownsFloor);
    if (!isFloorAllowed) {
      continue;
    }
    if (live.ceiling === undefined) {
      return { floor };
    }
    for (let ceiling = floor; ; ceiling++) {
      const isEnough = ceiling >= wanted.ceiling;
      const isLowered = ceiling < live.ceiling;
      // all the way or not at all: each step on the way would be one more write
      const isAllTheWay = ceiling === Math.max(wanted.ceiling, floor);
      if (isEnough && (!isLowered || mayLower && isAllTheWay && pods.most <= ceiling)) {
        return { floor, ceiling };
      }
    }
  }
}

function allCases(): Case[] {
  const cases: Case[] = [];
  for (const wanted of wants()) {
    for (const live of lives()) {
      for (const pods of [{ most: Infinity }, { most: 0, asked: 0 }, { most: 2 }, { most: 3, asked: 1 }, { most: 4, asked: 4 }]) {
        cases.push({ wanted, live, pods });
      }
    }
  }
  return cases;
}

function wants(): Wanted[] {
  return pairs(0, 3).flatMap(({ floor, ceiling }): Wanted[] => [
    { floor, ceiling, openings: [] },
    { floor, ceiling, openings: [OPENING] },
    { floor, ceiling, openings: [], override: OVERRIDE, overruled: { floor: 1, ceiling: 2 } },
  ]);
}

function lives(): Live[] {
  const owners = [{ own: false, hand: false }, { own: false, hand: true }, { own: true, hand: false }, { own: true, hand: true }];
  return owners.flatMap(floorOwners => {
    const floor = { ownsFloor: floorOwners.own, ...(floorOwners.hand ? { floorHand: HAND } : {}) };
    const states = [{ isDisabled: false }, { isDisabled: true }, { isDisabled: false, manifestCeiling: 3 }, { isDisabled: true, manifestCeiling: 4 }];
    const withCeiling = owners.flatMap(({ own, hand }) => pairs(0, 4).flatMap(bounds => states.map((state): Live => ({
      ...bounds, ...floor, ownsCeiling: own, ownsCeilingAlone: own && !hand, ...(hand ? { ceilingHand: HAND } : {}), ...state,
    }))));
    const without = [0, 1, 2, 3, 4].map((size): Live => ({ floor: size, ...floor, ownsCeiling: false, ownsCeilingAlone: false, isDisabled: false }));
    return [...withCeiling, ...without];
  });
}

function pairs(least: number, most: number): { floor: number; ceiling: number }[] {
  const numbers = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  return numbers.flatMap(floor => numbers.filter(ceiling => ceiling >= Math.max(1, floor)).map(ceiling => ({ floor, ceiling })));
}

const ALL = allCases();
