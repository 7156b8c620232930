/** How one requirement came out. */
export interface Verdict {
  /** As it was written. */
  readonly text: string;
  readonly met: boolean;
  /** Such as `success is 93.1 %, required is at least 99.9 %`. */
  readonly says: string;
}
