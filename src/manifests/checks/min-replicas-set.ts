import { Check, ofEachService } from '../check';
import { isLive } from '../manifest';
import { nameOf } from '../words';

export const check: Check = {
  id: 'min-replicas-set',
  severities: ['warning'],
  meaning: 'The manifest of an autoscaler has the field that the keeper writes, so every apply takes the floor down for a moment.',
  run: ofEachService(({ target }) => {
    const field = target?.kind === 'ScaledObject' ? 'minReplicaCount' : 'minReplicas';
    return !target || isLive(target) || target.object.spec?.[field] === undefined ? [] : [{
      sentence: `${nameOf(target)} has '${field}: ${target.object.spec[field]}': every apply takes the floor down to it for a moment`,
      remedy: 'take the field out, the keeper writes it',
      object: target,
      path: ['spec', field],
    }];
  }),
};
