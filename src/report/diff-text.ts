import { Style } from './style';
import { EpochMs } from '../core/time/instant';
import { formatCount, formatSome } from '../core/time/numbers';
import { formatMoment, formatSpan } from '../core/time/words';
import { Change, Side } from '../manifests/diff';

/** What changes, a line each; for a pull request. */
export function diffText(changes: readonly Change[], style: Style): string {
  if (changes.length === 0) {
    return 'no change: both ask for the same at every instant';
  }
  const services = [...new Set(changes.map(({ service }) => service))];
  return services.flatMap(service => [
    style.strong(service),
    ...changes.filter(change => change.service === service).map(change => {
      const sign = SIGNS[change.kind] ?? '~';
      const style1 = sign === '+' ? style.good : sign === '-' ? style.bad : (text: string) => text;
      return style1(`  ${sign} ${sentenceOf(change)}`);
    }),
  ]).join('\n');
}

const SIGNS: { readonly [kind: string]: string } = {
  'service-added': '+', 'openings-added': '+', 'service-removed': '-', 'openings-removed': '-',
};

/** One change in words. */
export function sentenceOf(change: Change): string {
  const { kind, event, timeZone, field = '', before, after, at = [], from = [] } = change;
  const when = (instants: readonly EpochMs[]) => dates(instants, timeZone);
  switch (kind) {
    case 'service-added': return 'a new service';
    case 'service-removed': return 'the service is gone: its jobs must be deleted, and nothing holds its floor any more';
    case 'field': return `${nameOf(field)}: ${formatSide(field, before)} → ${formatSide(field, after)}`;
    case 'openings-added': return `${event}: ${formatSome(at.length, 'opening')} with ${after} pods: ${when(at)}`;
    case 'openings-removed': return `${event}: ${formatSome(at.length, 'opening')}: ${when(at)}`;
    case 'openings-moved': return `${event}: ${when(from)} → ${when(at)}`;
    case 'openings-changed': return `${event}: ${nameOf(field)} ${formatSide(field, before)} → ${formatSide(field, after)}, ${when(at)}`;
  }
}

function nameOf(field: string): string {
  return field.replace(/Ms$/, '').replace('startup', 'start-up');
}

function formatSide(field: string, side: Side | undefined): string {
  return side === undefined ? 'none' : field.endsWith('Ms') ? formatSpan(Number(side)) : typeof side === 'number' ? formatCount(side) : side;
}

/** The only date, or the first and the last. */
function dates(instants: readonly EpochMs[], zone: string | undefined): string {
  const ends = instants.length === 1 ? [instants[0]] : [instants[0], instants[instants.length - 1]];
  const text = ends.map(at => formatMoment(at, zone)).join(instants.length > 2 ? ' ... ' : ', ');
  return `${text} ${zone ?? 'UTC'}${instants.length > 1 ? ` (${instants.length} times)` : ''}`;
}
