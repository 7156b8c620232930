import { Duration } from 'cdk8s';

/** The window of raised floor around each opening. */
export interface WindowOptions {
  /**
   * How long before each opening the floor goes up.
   *
   * At least the ready margin plus the start-up time of a pod.
   *
   * @default Duration.hours(2)
   */
  readonly lead?: Duration;

  /**
   * How long after each opening the floor stays up.
   *
   * @default Duration.hours(1)
   */
  readonly hold?: Duration;

  /**
   * All pods are Ready this long before the opening; from then on somebody looks.
   *
   * @default Duration.minutes(15)
   */
  readonly readyMargin?: Duration;

  /**
   * The floor goes up in steps, from the start of the lead.
   *
   * @default - in one step
   */
  readonly rampUp?: Ramp;

  /**
   * The floor comes down in steps, until the end of the hold.
   *
   * @default - in one step
   */
  readonly rampDown?: Ramp;
}

/** A floor that moves in steps of equal size. */
export interface Ramp {
  /**
   * From the first step to the last.
   *
   * At least a minute for each step after the first. Up: at most the lead less the ready margin; down: at most the hold.
   */
  readonly over: Duration;

  /**
   * How many steps; at least 2.
   *
   * @default 4
   */
  readonly steps?: number;
}
