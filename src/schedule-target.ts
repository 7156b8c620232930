import { ApiObject } from 'cdk8s';
import { KindReference } from './core/plan/reference';
import { knownTargetKindOf, listedKindOf } from './core/plan/target-kind';
import { targetCodeOf } from './core/plan/target-troubles';
import { GROUP_VERSION, KIND, PLURAL, isOfKnownGroup, likelyPlural, pluralFrom } from './private/custom-kinds';
import { Shape, aTarget, checkProps, kindOf, required } from './private/props';
import { shown } from './private/whole-number';

/**
 * Whose floor is moved: a HorizontalPodAutoscaler, a KEDA ScaledObject, a Deployment, a StatefulSet or a Rollout of Argo Rollouts.
 *
 * An autoscaler of any cdk8s-plus and any `ApiObject` fit as they are; what this app does not render is named by `ScheduleTarget`, as is an
 * object of any other kind that has `/scale`.
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
   * One of a custom kind is named by `ScheduleTarget.fromScale`.
   *
   * @default - a Deployment of the same name
   */
  readonly workload?: IScheduleTarget;
}

const AUTOSCALER_REFERENCE: Shape<AutoscalerReferenceOptions> = {
  workload: aTarget("ScheduleTarget.fromDeploymentName('payment-api')"),
};

/** An object of a kind that the library does not know, and whose size is set at its `/scale`. */
export interface ScaleReferenceOptions {
  /** The group and version of the kind, e.g. `games.example.com/v1`. */
  readonly apiVersion: string;
  /** The object's kind as manifests have it, e.g. `GameServerSet`. */
  readonly kind: string;
  /**
   * The kind as paths of the API have it; `kubectl api-resources` lists it as NAME.
   *
   * It is required for a kind such as `Proxy`, `Redis` or `Mesh`, whose plural cannot be told from the kind for sure.
   *
   * @default - the kind in lower case and an `s`, e.g. `gameserversets`
   */
  readonly plural?: string;
  /** The object's name in the cluster. */
  readonly name: string;
}

const spelt = (what: string, pattern: RegExp) => kindOf(what, value => typeof value === 'string' && pattern.test(value));

const SCALE_REFERENCE: Shape<ScaleReferenceOptions> = {
  apiVersion: required(spelt("a group and a version, such as 'games.example.com/v1'", GROUP_VERSION)),
  kind: required(spelt("a kind as manifests have it, such as 'GameServerSet'", KIND)),
  plural: spelt("the kind as paths of the API have it, such as 'gameserversets'; 'kubectl api-resources' lists it as NAME", PLURAL),
  // told below, as of every target
  name: required(kindOf("a text, such as 'lobby'", value => typeof value === 'string')),
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
    return new ScheduleTarget({ kind: 'HorizontalPodAutoscaler' }, name, options, () => options.workload ?? ScheduleTarget.fromDeploymentName(name));
  }

  /** A KEDA ScaledObject (`keda.sh/v1alpha1`): the keeper writes its `minReplicaCount` and `maxReplicaCount`. */
  public static fromScaledObjectName(name: string, options: AutoscalerReferenceOptions = {}): ScheduleTarget {
    return new ScheduleTarget({ kind: 'ScaledObject' }, name, options, () => options.workload ?? ScheduleTarget.fromDeploymentName(name));
  }

  /** A Deployment without an autoscaler: the keeper writes its `replicas`, and a ceiling has no meaning. */
  public static fromDeploymentName(name: string): ScheduleTarget {
    return new ScheduleTarget({ kind: 'Deployment' }, name);
  }

  /** A StatefulSet without an autoscaler: the keeper writes its `replicas`, and a ceiling has no meaning. */
  public static fromStatefulSetName(name: string): ScheduleTarget {
    return new ScheduleTarget({ kind: 'StatefulSet' }, name);
  }

  /** A Rollout of Argo Rollouts (`argoproj.io/v1alpha1`) without an autoscaler: the keeper writes its `replicas`, and a ceiling has no meaning. */
  public static fromRolloutName(name: string): ScheduleTarget {
    return new ScheduleTarget({ kind: 'Rollout' }, name);
  }

  /**
   * An object of any other kind with namespaces and `/scale`, without an autoscaler, or as the `workload` of one.
   *
   * The keeper reads and writes its size at `/scale`, wherever that is in the object, and a ceiling has no meaning. Its pods are those that
   * `/scale` names. The kind is looked up in the cluster by *arm*, which fails where the plural is another, and for a kind without
   * namespaces or without `/scale`. `docs/reference/targets.md` says what is not known of such a kind.
   *
   * @example
   * ScheduleTarget.fromScale({ apiVersion: 'games.example.com/v1', kind: 'GameServerSet', name: 'lobby' });
   */
  public static fromScale(options: ScaleReferenceOptions): ScheduleTarget {
    checkProps('options', SCALE_REFERENCE, options);
    const { apiVersion, kind, name } = options;
    const row = listedKindOf({ apiVersion, kind });
    if (row) {
      throw new Error(`'options.kind' (${kind} of ${apiVersion}) has a function of its own, which knows more of it; call ${targetCodeOf({ apiVersion, kind, name })}`);
    }
    if (isOfKnownGroup(apiVersion)) {
      throw new Error(`'options.kind' (${kind} of ${apiVersion}) is no custom kind, and nothing scales it; name a Deployment or a StatefulSet, or a custom kind that has /scale`);
    }
    const plural = options.plural ?? pluralFrom(kind);
    if (plural === undefined) {
      throw new Error(`'options.plural' is required for the kind ${kind}, whose plural cannot be told from it; pass what 'kubectl api-resources' lists as its NAME, `
        + `such as plural: '${likelyPlural(kind)}'`);
    }
    return new ScheduleTarget({ apiVersion, kind, plural }, name);
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
    return new ScheduleTarget(object, object.name, {}, undefined, object);
  }

  public readonly apiVersion: string;

  public readonly kind: string;

  /** @internal */
  public readonly _workload: IScheduleTarget;

  /**
   * Only of a kind that the library does not know.
   *
   * @internal
   */
  public readonly _plural?: string;

  private constructor(
    reference: KindReference, public readonly name: string, options: AutoscalerReferenceOptions = {}, workload?: () => IScheduleTarget,
    /** @internal */
    public readonly _object?: ApiObject,
  ) {
    const { kind } = reference;
    this.kind = kind;
    this.apiVersion = reference.apiVersion ?? knownTargetKindOf(reference).apiVersion;
    this._plural = _object ? undefined : reference.plural;
    checkProps('options', AUTOSCALER_REFERENCE, options);
    if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) {
      throw new Error(`${typeof name === 'string' ? `'${name}'` : shown(name)} cannot be the name of a ${kind}: `
        + "use lower-case letters, digits, '-' and '.', as in the cluster");
    }
    this._workload = workload?.() ?? this;
  }
}
