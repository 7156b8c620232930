import { Style } from './style';
import { Row, tableOf, wrap } from './table';
import { StationLoad, Tightest, isOver, stationIsRate, tightestOf, usedOf } from '../core/plan/station-load';
import { formatNumber, nameOfStation, unitOf, zoneAt } from '../core/plan/station-words';
import { valueAt } from '../core/plan/steps';
import { EpochMs, isoOf } from '../core/time/instant';
import { formatMoment } from '../core/time/words';
import { DeployedService } from '../manifests/deployed';
import { loadsIn } from '../manifests/station-loads';

/** What the tables say of each dependency, budget and service that is used. */
interface StationRow {
  readonly load: StationLoad;
  /** Between events; undefined: nobody says how many requests there are then. */
  readonly baseline?: number;
  readonly floors: Tightest;
  /** Undefined for a service that is called. */
  readonly ceilings?: Tightest;
}

function stationRows(services: readonly DeployedService[], now: EpochMs): StationRow[] {
  return loadsIn({ services }).flatMap((load): StationRow[] => {
    const floors = tightestOf(load, 'floor', now);
    return floors ? [{
      load,
      ...stationIsRate(load) ? {} : { baseline: valueAt(usedOf(load, 'floor'), -Infinity) },
      floors,
      ...load.station.kind === 'service' ? {} : { ceilings: tightestOf(load, 'ceiling', now) },
    }] : [];
  });
}

/** A table of what services stand on, for a terminal; nothing where they say nothing of it. */
export function stationsText(services: readonly DeployedService[], { now, columns, style }: {
  readonly now: EpochMs; readonly columns: number; readonly style: Style;
}): string[] {
  const rows = stationRows(services, now);
  if (rows.length === 0) {
    return [];
  }
  const head = { cells: ['they use', 'in', 'limit', 'baseline', 'floors', 'at ceilings', 'tightest at the floors'], style: style.faint };
  const table = rows.map(({ load, baseline, floors, ceilings }): Row => {
    const { station: { kind, name } } = load;
    const zone = zoneAt(load, floors.from);
    return {
      cells: [
        name,
        unitOf(kind),
        formatNumber(kind, floors.usable),
        baseline === undefined ? '' : formatNumber(kind, baseline),
        formatNumber(kind, floors.used),
        ceilings ? formatNumber(kind, ceilings.used) : '',
        floors.from === -Infinity ? 'between events' : `from ${formatMoment(floors.from, zone)} ${zone ?? 'UTC'} on`,
      ],
      ...isOver(floors) || (ceilings && isOver(ceilings)) ? { style: style.strong } : {},
    };
  });
  const reserved = rows.some(({ load: { station } }) => station.facts?.reserved) ? ['a limit is without what is reserved for others'] : [];
  return [
    ...tableOf(head, table, { columns, right: [2, 3, 4, 5], spare: [6, 3] }),
    ...reserved.flatMap(line => wrap(line, columns)).map(style.faint),
  ];
}

/** The same for programs. */
export function stationsJson(services: readonly DeployedService[], now: EpochMs): object[] {
  return stationRows(services, now).map(({ load, baseline, floors, ceilings }) => {
    const { station: { kind, name, namespace, facts }, users } = load;
    return {
      kind,
      name,
      namespace,
      limit: facts?.limit,
      reserved: facts?.reserved,
      baseline,
      floors: tightestJson(floors),
      ceilings: ceilings && tightestJson(ceilings),
      users: users.map(({ plan, namespace: place, edge: { perPod, perRequest } }) => ({
        service: place === undefined ? plan.service : `${place}/${plan.service}`, perPod, perRequest,
      })),
    };
  });
}

function tightestJson({ from, until, used, usable }: Tightest): object {
  return {
    used,
    usable,
    ...from === -Infinity ? {} : { from: isoOf(from) },
    ...until === Infinity ? {} : { until: isoOf(until) },
  };
}

/** `dependency 'tickets-db' (connections)` */
export function titleOfStation({ station }: StationLoad): string {
  return `${nameOfStation(station)} (${unitOf(station.kind)})`;
}
