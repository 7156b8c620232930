import { Plan } from '../core/plan/plan';
import { DependencyFacts, DependencyKind } from '../core/plan/use-facts';

/** One limit that a use counts against. */
export interface UsedDependency {
  readonly kind: DependencyKind;
  readonly name: string;
  readonly facts: DependencyFacts;
  /** What each pod takes; undefined in a budget: what its manifest requests. */
  readonly perPod?: number;
  readonly perRequest?: number;
}

/** A service that others may call: what a use must know of it, whatever construct it is. */
export interface Callee {
  /** The app. */
  readonly root: object;
  /** Of its construct. */
  readonly path: string;
  readonly name: string;
  readonly namespace: string;
  /** Final only at synth. */
  plan(): Plan;
}
