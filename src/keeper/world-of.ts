import { Timers } from './clock';
import { Connect } from './connect';
import { Send } from './http';
import { KubeApi } from './kube-api';
import { Notifier } from './notify';
import { Pace } from './pace';
import { Line, World } from './world';
import { managerName } from '../core/plan/names';
import { EpochMs, isoOf } from '../core/time/instant';

/** A node's clock that is further off the API server's is worth a look. */
const SKEW_MS = 30_000;

/** What a world is made of. */
export interface WorldPorts {
  /** Of the pod's account. */
  readonly readNamespace: () => string;
  readonly readToken: () => string;
  /** The name of the pod. */
  readonly podName: string;
  /** To the API server. */
  readonly send: Send;
  /** To dependencies; absent: nobody tries to reach them. */
  readonly connect?: Connect;
  readonly timers: Timers;
  /** The node's own clock, which is compared with the API server's and never followed. */
  readonly localTime: () => EpochMs;
  /** From 0 to 1; for jitter only. */
  readonly random: () => number;
  readonly pace: Pace;
  /** Aborted when the program must end. */
  readonly stop: AbortSignal;
  /** A line of the log, which is one JSON object. */
  readonly out: (line: string) => void;
}

/** On whose behalf, and as what, a keeper acts. */
export interface Actor {
  readonly service: string;
  readonly role: string;
  readonly event?: string;
  /** Posts a JSON body to the webhook; absent: there is none. */
  readonly post?: (body: string) => Promise<void>;
}

/** The world of a keeper of one service, which writes as that service's field manager. */
export function worldOf(ports: WorldPorts, { service, role, event, post }: Actor): World {
  const { send, timers, random, readToken, readNamespace, podName, pace, stop, out, localTime, connect } = ports;
  const began = timers.now();
  const manager = managerName(service);
  const api = new KubeApi({ send, timers, random, readToken, namespace: readNamespace(), manager, pace, stop });
  const log = (line: Line) => out(JSON.stringify({
    time: api.clock.isSet ? isoOf(Math.floor(api.clock.now())) : undefined,
    role,
    service,
    event,
    ...line,
    requests: api.requests,
    ms: Math.round(timers.now() - began),
    warning: skewWarning(api, localTime()),
  }));
  const notifier = new Notifier(api, { service, manager, role, event, post, complain: message => log({ did: 'complained', message }) });
  return { api, podName, timers, pace, random, notifier, stop, log, ...connect ? { connect } : {} };
}

/** What a line of the log says of the node's clock; undefined where that is near enough to the API server's. */
export function skewWarning({ clock }: KubeApi, localTime: EpochMs): string | undefined {
  const skewMs = clock.isSet ? Math.round(clock.skewOf(localTime)) : 0;
  return Math.abs(skewMs) > SKEW_MS
    ? `this node's clock is ${Math.round(skewMs / 1_000)} s off the API server's, whose time is used`
    : undefined;
}
