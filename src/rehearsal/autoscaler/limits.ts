import { AutoscalerMemory, changeWithin } from './memory';
import { Behavior, ControllerSettings, ScalingRules } from './spec';

interface Limited {
  readonly replicas: number;
  readonly reason: string;
}

/** Without `behavior`: between floor and ceiling, and at most twice as many as there are, or four. */
export function limitByFactor(desired: number, current: number, min: number, max: number, settings: ControllerSettings): Limited {
  const upLimit = Math.max(settings.scaleUpLimitFactor * current, settings.scaleUpLimitMinimum);
  if (desired < min) {
    return { replicas: min, reason: 'TooFewReplicas' };
  }
  if (desired > Math.min(max, upLimit)) {
    return max > upLimit ? { replicas: upLimit, reason: 'ScaleUpLimit' } : { replicas: max, reason: 'TooManyReplicas' };
  }
  return { replicas: desired, reason: 'DesiredWithinRange' };
}

/** With `behavior`: by the policies of the direction, then between floor and ceiling. */
export function limitByRate(
  desired: number, current: number, min: number, max: number, behavior: Behavior,
  events: Pick<AutoscalerMemory, 'scaleUps' | 'scaleDowns'>, now: number,
): Limited {
  if (desired > current) {
    const upLimit = Math.max(current, scaleUpLimit(current, behavior.scaleUp, events, now));
    if (desired > Math.min(max, upLimit)) {
      return max > upLimit ? { replicas: upLimit, reason: 'ScaleUpLimit' } : { replicas: max, reason: 'TooManyReplicas' };
    }
  } else if (desired < current) {
    const downLimit = Math.min(current, scaleDownLimit(current, behavior.scaleDown, events, now));
    if (desired < Math.max(min, downLimit)) {
      return min < downLimit ? { replicas: downLimit, reason: 'ScaleDownLimit' } : { replicas: min, reason: 'TooFewReplicas' };
    }
  }
  return { replicas: desired, reason: 'DesiredWithinRange' };
}

type Events = Pick<AutoscalerMemory, 'scaleUps' | 'scaleDowns'>;

/** The most that the policies allow now. */
export function scaleUpLimit(current: number, rules: ScalingRules, events: Events, now: number): number {
  if (rules.selectPolicy === 'Disabled') {
    return current;
  }
  const select = rules.selectPolicy === 'Min' ? Math.min : Math.max;
  let limit: number = rules.selectPolicy === 'Min' ? Infinity : -Infinity;
  for (const { type, value, periodSeconds } of rules.policies) {
    const start = current - changeWithin(events.scaleUps, periodSeconds, now) + changeWithin(events.scaleDowns, periodSeconds, now);
    limit = select(limit, type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100)));
  }
  return limit;
}

/** The least that the policies allow now. */
export function scaleDownLimit(current: number, rules: ScalingRules, events: Events, now: number): number {
  if (rules.selectPolicy === 'Disabled') {
    return current;
  }
  // the least change is the highest count
  const select = rules.selectPolicy === 'Min' ? Math.max : Math.min;
  let limit: number = rules.selectPolicy === 'Min' ? -Infinity : Infinity;
  for (const { type, value, periodSeconds } of rules.policies) {
    const start = current - changeWithin(events.scaleUps, periodSeconds, now) + changeWithin(events.scaleDowns, periodSeconds, now);
    limit = select(limit, type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100)));
  }
  return limit;
}
