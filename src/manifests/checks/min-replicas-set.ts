import { targetKindOf } from '../../core/plan/target-kind';
import { Check, ofEachService } from '../check';
import { isLive } from '../manifest';
import { nameOf } from '../words';

export const check: Check = {
  id: 'min-replicas-set',
  severities: ['warning'],
  meaning: 'The manifest of an autoscaler has the field that the keeper writes, so every apply takes the floor down for a moment.',
  run: ofEachService(({ plan, target }) => {
    const row = target && targetKindOf(target);
    // a target that has pods of its own has no autoscaler: `replicas-set` looks at it
    const field = row?.workloadField && row.floor.field;
    const isKept = row?.keepsFloor === true && target?.object.spec?.[row.floor.field] === plan.baseline.floor;
    return !target || isLive(target) || !field || isKept || target.object.spec?.[field] === undefined ? [] : [{
      alike: field,
      sentence: `${nameOf(target)} has '${field}: ${target.object.spec[field]}': every apply takes the floor down to it for a moment`,
      remedy: 'take the field out, the keeper writes it',
      object: target,
      path: ['spec', field],
    }];
  }),
};
