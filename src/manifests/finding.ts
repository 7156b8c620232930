import { Position } from './manifest';
import { Finding } from '../core/finding';

/** What a check found in manifests: an error keeps the floor from being up and Ready, a warning may. */
export interface PlanFinding extends Finding {
  /** The service that it concerns, as `namespace/name`; absent where it concerns several, or none is known. */
  readonly service?: string;
  /** The services that it concerns, where it is one finding about several. */
  readonly services?: readonly string[];
  /** Where the cause stands; absent: on the command line. */
  readonly position?: Position;
  /** Where the same is found too. */
  readonly alike?: readonly { readonly service?: string; readonly position: Position }[];
  /** Why somebody allows it. */
  readonly allowed?: string;
}

/** Whether findings keep a pipeline from going on: an error always does, a warning that nobody allows only where it is strict. */
export function isStopped(findings: readonly PlanFinding[], isStrict: boolean): boolean {
  return findings.some(({ severity, allowed }) => severity === 'error' || (isStrict && severity === 'warning' && allowed === undefined));
}
