import { PropCheck, Shape, duration, elsewhere, kindOf, listOf, required, struct, text, whole } from './props';
import {
  ClusterBudgetOptions, ClusterRoom, ClusterRoomIn, ConnectionsOptions, DependencyOptions, LimitIn, LimitTimes, PodRequests, RateOptions,
} from '../dependency-options';

/** What the props of dependencies must be. */

const cpu: PropCheck = kindOf('a Cpu, such as Cpu.units(400)', value => typeof value.amount === 'string');

const memory: PropCheck = kindOf('a Size, such as Size.gibibytes(800)', value => typeof value.toKibibytes === 'function');

/** The most that any limit can be: more is a misread number. */
const MOST = 1_000_000_000;

const HIGHEST_PORT = 65_535;

const limit = required(kindOf('a number above 0', value => Number.isFinite(value) && value > 0));

const LIMIT_TIMES: Shape<LimitTimes> = {
  event: kindOf("an OpeningEvent, such as OpeningEvent.once('marathon', ...)", value => Array.isArray(value._occurrences)),
  lead: duration,
  hold: duration,
  from: text('2026-12-04T22:00+09:00'),
  until: text('2026-12-05T12:00+09:00'),
};

const LIMIT_IN: Shape<LimitIn> = { limit, ...LIMIT_TIMES };

const DEPENDENCY: Shape<DependencyOptions> = {
  reserved: kindOf('a number of at least 0', value => Number.isFinite(value) && value >= 0),
  limitIn: listOf(struct(() => LIMIT_IN), '[{ event: marathon, limit: 2_000 }]'),
  host: kindOf("a name or an address, such as 'tickets-db.example.com'", value => typeof value === 'string' && /^[A-Za-z0-9]([-\w.:]*\w)?$/.test(value)),
  port: whole(1, HIGHEST_PORT),
};

export const CONNECTIONS: Shape<ConnectionsOptions> = { limit: required(whole(1, MOST)), ...DEPENDENCY, connectsPerMinute: whole(1, MOST) };

export const RATE: Shape<RateOptions> = { limit, ...DEPENDENCY };

export const ROOM: Shape<ClusterRoom> = { cpu, memory, pods: whole(1, MOST), addresses: whole(1, MOST) };

const ROOM_IN: Shape<ClusterRoomIn> = { ...LIMIT_TIMES, room: required(struct(() => ROOM)) };

export const BUDGET: Shape<ClusterBudgetOptions> = {
  room: required(struct(() => ROOM)), reserved: elsewhere, roomIn: listOf(struct(() => ROOM_IN), '[{ event: marathon, room: { pods: 800 } }]'),
};

export const POD_REQUESTS: Shape<PodRequests> = { cpu, memory };
