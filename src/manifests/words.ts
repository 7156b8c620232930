import { Manifest } from './manifest';
import { formatCount, formatSome } from '../core/time/numbers';

/** `Deployment 'web'` */
export function nameOf({ kind, name }: Pick<Manifest, 'kind' | 'name'>): string {
  return `${kind} '${name}'`;
}

/** `1 pod`, `108 pods` */
export function formatPods(count: number): string {
  return formatSome(count, 'pod');
}

/** How many openings of an event are like the one that is named: `; 3 openings alike`, or nothing. */
export function alike(openings: readonly unknown[]): string {
  return openings.length > 1 ? `; ${formatCount(openings.length)} openings alike` : '';
}

/** `'a'`, `'a', 'b' and 7 more` */
export function someOf(names: readonly string[]): string {
  const first = names.slice(0, 3).map(name => `'${name}'`);
  return names.length > first.length ? `${first.join(', ')} and ${names.length - first.length} more` : first.join(', ');
}
