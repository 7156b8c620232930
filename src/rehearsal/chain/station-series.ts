/** How a station stood, second by second. */
export class StationSeries {
  /** Requests, or connections, that were wanted, and that it could have given. */
  public readonly wanted: Float32Array;
  public readonly capacity: Float32Array;
  /** Requests that it failed by itself or because of others; pods without a connection. */
  public readonly failed: Float32Array;
  /** Requests in it, and requests a second that it answered. */
  public readonly inside: Float32Array;
  public readonly answered: Float32Array;

  constructor(seconds: number) {
    this.wanted = new Float32Array(seconds);
    this.capacity = new Float32Array(seconds);
    this.failed = new Float32Array(seconds);
    this.inside = new Float32Array(seconds);
    this.answered = new Float32Array(seconds);
  }

  public put(second: number, wanted: number, capacity: number, failed: number, inside: number, answered: number): void {
    this.wanted[second] = wanted;
    this.capacity[second] = capacity;
    this.failed[second] = failed;
    this.inside[second] = inside;
    this.answered[second] = answered;
  }
}
