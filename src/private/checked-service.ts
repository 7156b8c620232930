import { App, ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { blaming } from './blame';
import { CheckedSchedule, placeOf } from './checked-schedule';
import { Resources, resourcesOver, serviceResources } from './container-resources';
import { checkFragments } from './manifest-fragments';
import { checkName } from './object-names';
import { autoscalerProps } from './service-props';
import { TargetFacts } from './target-facts';
import { checkImage, checkRange, wholeNumber } from './whole-number';
import { DEFAULTS } from '../core/plan/defaults';
import { cpuPercentOf } from '../core/plan/followed-metrics';
import { ReplicaBounds } from '../core/plan/plan';
import { defaultCeiling } from '../core/plan/sizing';
import { knownTargetKindOf, workloadOf } from '../core/plan/target-kind';
import { ReplicaRange } from '../replica-range';
import { AutoscalingOptions, PrewarmedServiceProps } from '../service-options';

/** What is checked of a service: all of its props, and the name that it has even where they do not say so. */
export interface ServiceRequest extends PrewarmedServiceProps {
  readonly name: string;
}

/** Labels of an object, or those by which pods are selected. */
export interface Labels {
  readonly [label: string]: string;
}

/** A service of which nothing is left to refuse, its schedule included; all refusals come before any child exists. */
export class CheckedService {
  /** Checks a service, and takes the names of its schedule in the app. */
  public static of(service: IConstruct, request: ServiceRequest): CheckedService {
    return blaming(service.node.path, () => new CheckedService(service, request));
  }

  public readonly name: string;
  public readonly port: number;
  /** As the manifest of the autoscaler would have it. */
  public readonly baseline: ReplicaBounds;
  /** The labels of its pods by which Deployment, Service and PodDisruptionBudget find them. */
  public readonly selector: Labels;
  public readonly resources: Resources;
  /** Of the child `Schedule`, which is still to be defined. */
  public readonly schedule: CheckedSchedule;

  private constructor(service: IConstruct, request: ServiceRequest) {
    const { name, port = 8080, baseline = { floor: DEFAULTS.baseline.floor }, selector } = request;
    checkName('name', name);
    if (!/^[a-z]/.test(name)) {
      throw new Error(`name '${name}' must begin with a letter, as the name of a Service does; pass another 'name'`);
    }
    checkImage('image', request.image);
    checkRange('baseline', baseline);
    wholeNumber("'port'", port, 1);
    if (selector && Object.keys(selector).length === 0) {
      throw new Error("'selector' is empty and would match every pod; leave it out, or give the labels of the Deployment that exists");
    }
    this.name = name;
    this.port = port;
    this.baseline = boundsOf(baseline);
    this.selector = { ...selector ?? { 'app.kubernetes.io/name': name } };
    checkFragments(request.manifest);
    this.resources = resourcesOver(serviceResources(request), 'container.resources', request.container?.resources);
    this.schedule = CheckedSchedule.of(placeOf(service, 'Schedule'), { ...request, baseline }, () => autoscalerOf(name, this.baseline, request));
  }
}

/** Where nobody says a ceiling, half as many pods again as the floor may run between events, and ten at least. */
function boundsOf({ floor, ceiling = defaultCeiling(floor, DEFAULTS.baseline.ceiling) }: ReplicaRange): ReplicaBounds {
  return { floor, ceiling };
}

/** What the schedule would read in the manifest of the service's autoscaler, which is still to be defined. */
function autoscalerOf(name: string, own: ReplicaBounds, { autoscaling, movingIn }: ServiceRequest): TargetFacts {
  const kind = knownTargetKindOf({ kind: 'HorizontalPodAutoscaler' });
  const target = { apiVersion: kind.apiVersion, kind: kind.kind, name };
  return {
    kind,
    target,
    workload: workloadOf(target),
    // nobody but us has put a floor there, unless it is to stay
    rendered: {
      own,
      ...movingIn ? { givenFloor: own.floor } : {},
      targetPercent: autoscaling?.metrics ? targetPercentIn(autoscaling, own) : DEFAULTS.targetPercent,
    },
  };
}

/** What metrics ask for can be read in a manifest only, so one is rendered in a chart of its own. */
function targetPercentIn(autoscaling: AutoscalingOptions, own: ReplicaBounds): number | undefined {
  const target: kplus.IScalable = {
    hasAutoscaler: false,
    markHasAutoscaler: () => undefined,
    toScalingTarget: () => ({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled', containers: [] }),
  };
  const autoscaler = new kplus.HorizontalPodAutoscaler(new Chart(new App(), 'chart'), 'Autoscaler', { target, ...autoscalerProps(autoscaling, own) });
  return cpuPercentOf(ApiObject.of(autoscaler).toJson());
}
