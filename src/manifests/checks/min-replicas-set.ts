import { movesInCalmly } from '../../core/plan/moving-in';
import { targetKindOf } from '../../core/plan/target-kind';
import { Check, ofEachService } from '../check';
import { isLive } from '../manifest';
import { nameOf } from '../words';

export const check: Check = {
  id: 'min-replicas-set',
  severities: ['warning', 'note'],
  meaning: 'The manifest of an autoscaler has the field that the keeper writes, so every apply takes the floor down for a moment. It is a note while the service moves in.',
  run: ofEachService(({ plan, target }, { now }) => {
    const row = target && targetKindOf(target);
    // a target that has pods of its own has no autoscaler: `replicas-set` looks at it
    const field = row?.workloadField && row.floor.field;
    const isKept = row?.keepsFloor === true && target?.object.spec?.[row.floor.field] === plan.baseline.floor;
    if (!target || isLive(target) || !field || isKept || target.object.spec?.[field] === undefined) {
      return [];
    }
    return [{
      alike: field,
      ...movesInCalmly(plan, now) ? { severity: 'note' } as const : {},
      sentence: `${nameOf(target)} has '${field}: ${target.object.spec[field]}': every apply takes the floor down to it for a moment`,
      remedy: plan.movingIn
        ? "leave 'movingIn' out as soon as arm tells MovedIn, and before the first window"
        : "take the field out, the keeper writes it; of one that lives already only after 'prewarm adopt'",
      object: target,
      path: ['spec', field],
    }];
  }),
};
