/**
 * An error that says which construct it is about, as validation errors do.
 *
 * In a loop over services that share an event, neither the event nor the line tells them apart.
 */
export class Blame extends Error {
  /**
   * The error itself where it already says so.
   *
   * @param path of the construct, or of one that is still to be defined
   */
  public static on(path: string, error: unknown): Blame {
    return error instanceof Blame ? error : new Blame(`${path}: ${error instanceof Error ? error.message : error}`);
  }

  private constructor(message: string) {
    super(message);
  }
}

/** What `work` gives; what it throws says which construct it is about. */
export function blaming<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw Blame.on(path, error);
  }
}
