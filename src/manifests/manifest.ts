/** One Kubernetes object of the manifests, and where it was read. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Absent: the namespace that the manifests are applied to. */
  readonly namespace?: string;
  /** The object as parsed; nobody has checked it. */
  readonly object: any;
  /** Where the field of a path of keys stands, or the nearest that does. */
  at(...path: readonly (string | number)[]): Position;
}

/** Whether a manifest was read from a cluster, where some fields are by the hands of controllers. */
export function isLive({ object }: Manifest): boolean {
  return object.metadata?.uid !== undefined;
}

/** Lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** As compilers and editors write it. */
export function formatPosition({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}
