import { ApiObject } from 'cdk8s';
import { knownTargetKindOf } from './core/plan/target-kind';
import { Shape, checkProps, kindOf } from './private/props';
import { shown } from './private/whole-number';

/**
 * Whose floor is moved: a HorizontalPodAutoscaler, a KEDA ScaledObject, a Deployment, a StatefulSet or a Rollout of Argo Rollouts.
 *
 * An autoscaler of any cdk8s-plus and any `ApiObject` fit as they are; what this app does not render is named by `ScheduleTarget`.
 */
export interface IScheduleTarget {
  /** The object's API version, e.g. `autoscaling/v2`. */
  readonly apiVersion: string;
  /** The object's kind, e.g. `HorizontalPodAutoscaler`. */
  readonly kind: string;
  /** The object's name in the cluster. */
  readonly name: string;
}

/** What belongs to an autoscaler that is known by name only. */
export interface AutoscalerReferenceOptions {
  /**
   * What the autoscaler scales: the keeper watches it, and verify reads its pods.
   *
   * @default - a Deployment of the same name
   */
  readonly workload?: IScheduleTarget;
}

const AUTOSCALER_REFERENCE: Shape<AutoscalerReferenceOptions> = {
  workload: kindOf("a target, such as ScheduleTarget.fromDeploymentName('payment-api')", value =>
    [value.apiVersion, value.kind, value.name].every(one => typeof one === 'string' && one !== '')),
};

/**
 * A target that this app does not render, in the namespace of the schedule's chart, or one of its objects as a target for other languages.
 *
 * @example
 * ScheduleTarget.fromAutoscalerName('payment-hpa', { workload: ScheduleTarget.fromDeploymentName('payment-api') });
 */
export class ScheduleTarget implements IScheduleTarget {
  /** A HorizontalPodAutoscaler (`autoscaling/v2`): the keeper writes its `minReplicas` and `maxReplicas`. */
  public static fromAutoscalerName(name: string, options: AutoscalerReferenceOptions = {}): ScheduleTarget {
    return new ScheduleTarget('HorizontalPodAutoscaler', name, options, () => options.workload ?? ScheduleTarget.fromDeploymentName(name));
  }

  /** A KEDA ScaledObject (`keda.sh/v1alpha1`): the keeper writes its `minReplicaCount` and `maxReplicaCount`. */
  public static fromScaledObjectName(name: string, options: AutoscalerReferenceOptions = {}): ScheduleTarget {
    return new ScheduleTarget('ScaledObject', name, options, () => options.workload ?? ScheduleTarget.fromDeploymentName(name));
  }

  /** A Deployment without an autoscaler: the keeper writes its `replicas`, and a ceiling has no meaning. */
  public static fromDeploymentName(name: string): ScheduleTarget {
    return new ScheduleTarget('Deployment', name);
  }

  /** A StatefulSet without an autoscaler: the keeper writes its `replicas`, and a ceiling has no meaning. */
  public static fromStatefulSetName(name: string): ScheduleTarget {
    return new ScheduleTarget('StatefulSet', name);
  }

  /** A Rollout of Argo Rollouts (`argoproj.io/v1alpha1`) without an autoscaler: the keeper writes its `replicas`, and a ceiling has no meaning. */
  public static fromRolloutName(name: string): ScheduleTarget {
    return new ScheduleTarget('Rollout', name);
  }

  /**
   * An object of this app, for languages in which an object is no `IScheduleTarget` by its shape alone.
   *
   * In TypeScript and JavaScript, pass the object itself.
   *
   * @param object an autoscaler, a ScaledObject, a Deployment, a StatefulSet or a Rollout; of a cdk8s-plus construct, `ApiObject.of(construct)`
   */
  public static fromApiObject(object: ApiObject): ScheduleTarget {
    if (!ApiObject.isApiObject(object)) {
      throw new Error(`'object' must be an ApiObject of this app, got ${shown(object)}; pass ApiObject.of(construct), or name a target with fromAutoscalerName`);
    }
    return new ScheduleTarget(object.kind, object.name, {}, undefined, object);
  }

  public readonly apiVersion: string;

  /** @internal */
  public readonly _workload: IScheduleTarget;

  private constructor(
    public readonly kind: string, public readonly name: string, options: AutoscalerReferenceOptions = {}, workload?: () => IScheduleTarget,
    /** @internal */
    public readonly _object?: ApiObject,
  ) {
    this.apiVersion = _object?.apiVersion ?? knownTargetKindOf({ kind }).apiVersion;
    checkProps('options', AUTOSCALER_REFERENCE, options);
    if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) {
      throw new Error(`${typeof name === 'string' ? `'${name}'` : shown(name)} cannot be the name of a ${kind}: `
        + "use lower-case letters, digits, '-' and '.', as in the cluster");
    }
    this._workload = workload?.() ?? this;
  }
}
