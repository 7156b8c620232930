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
   * How long before the opening all pods are Ready.
   *
   * From then on verify looks whether they are.
   *
   * @default Duration.minutes(15)
   */
  readonly readyMargin?: Duration;

  /**
   * Steps in which the floor goes up, from the start of the lead.
   *
   * @default - in one step
   */
  readonly rampUp?: Ramp;

  /**
   * Steps in which the floor comes down, until the end of the hold.
   *
   * @default - in one step
   */
  readonly rampDown?: Ramp;
}

/** A floor that moves in steps of equal size. */
export interface Ramp {
  /**
   * Time from the first step to the last.
   *
   * At least a minute for each step after the first. Going up, it is at most the lead less the ready margin; going down, at most the hold.
   */
  readonly over: Duration;

  /**
   * Number of steps, at least 2.
   *
   * @default 4
   */
  readonly steps?: number;
}
