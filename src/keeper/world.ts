import { Timers } from './clock';
import { Connect } from './connect';
import { KubeApi } from './kube-api';
import { Notifier } from './notify';
import { Pace } from './pace';

/** All that a run has of the outside world. */
export interface World {
  readonly api: KubeApi;
  /** The name of the pod in which it runs. */
  readonly podName: string;
  readonly timers: Timers;
  readonly pace: Pace;
  /** Tries whether something can be reached; absent: nothing is tried. */
  readonly connect?: Connect;
  /** From 0 to 1; for jitter only. */
  readonly random: () => number;
  readonly notifier: Notifier;
  /** Aborted when the program must end. */
  readonly stop: AbortSignal;
  /** One JSON line; called once by a run that applies the plan, for each change by one that guards or verifies. */
  readonly log: (line: Line) => void;
}

/** What one line of the log says. */
export interface Line {
  /** `raised`, `lowered`, `unchanged`, `waiting`, `failed`, ... */
  readonly did: string;
  /** One sentence for people. */
  readonly message: string;
  readonly floor?: number;
  readonly ceiling?: number;
  readonly findings?: readonly string[];
}

/** How a run ended. */
export interface Ending extends Line {
  readonly exitCode: 0 | 1 | 2;
}
