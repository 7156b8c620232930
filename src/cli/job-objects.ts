import { Condition, KubeObject } from '../core/kube-objects';

/** A Job as the API server answers it, with the fields that are read. */
export interface Job extends KubeObject {
  readonly status?: {
    /** ISO UTC; absent until it is complete. */
    readonly completionTime?: string;
    readonly conditions?: readonly Condition[];
  };
}

/** A CronJob as the API server answers it, with the fields that are read. */
export interface CronJob extends KubeObject {
  readonly spec: {
    readonly schedule: string;
    /** IANA name; absent: the controller's own. */
    readonly timeZone?: string;
    readonly suspend?: boolean;
  };
}
