import { clearing } from './commands';
import { StatusFinding } from './findings';
import { Circumstances } from './types';
import { isMalformed } from '../../core/plan/override';

/** An override that is not followed, that is over, or that asks for less than the plan. */
export function overrideFindings({ view, wanted, now }: Circumstances): StatusFinding[] {
  const { override } = view;
  if (!override) {
    return [];
  }
  if (isMalformed(override)) {
    return [{ id: 'override-ignored', severity: 'warning', sentence: `the override is ignored: ${override.malformed}`, ...clearing(view) }];
  }
  if (override.until <= now) {
    return [{ id: 'override-expired', severity: 'note', sentence: 'the override has expired and does nothing', ...clearing(view) }];
  }
  const { overruled } = wanted;
  if (overruled && wanted.floor < overruled.floor) {
    const sentence = `the override asks for a floor of ${wanted.floor}, the plan for ${overruled.floor}`;
    return [{ id: 'override-lowers', severity: 'warning', sentence, ...clearing(view) }];
  }
  return [];
}
