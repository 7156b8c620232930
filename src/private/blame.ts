import { IConstruct } from 'constructs';

/**
 * An error that says which construct it is about, as validation errors do.
 *
 * In a loop over services that share an event, neither the event nor the line tells them apart.
 */
export class Blame extends Error {
  /** The error itself where it already says so. */
  public static on(construct: IConstruct, error: unknown): Blame {
    return error instanceof Blame ? error : new Blame(`${construct.node.path}: ${error instanceof Error ? error.message : error}`);
  }

  private constructor(message: string) {
    super(message);
  }
}

/** What `work` gives; what it throws says which construct it is about. */
export function blaming<T>(construct: IConstruct, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw Blame.on(construct, error);
  }
}
