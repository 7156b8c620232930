import { ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { LABEL_SERVICE, configName } from './core/plan/names';
import { EventScaleSchedule } from './event-scale-schedule';
import { alertRulesOf } from './private/alert-rules';
import { Blame, blaming } from './private/blame';
import { Shape, checkProps, kindOf, listOf, required } from './private/props';
import { alertLabels as labelsOfAlerts, labels } from './private/shapes';
import { tooLarge } from './private/size-limit';

/** Who is woken by what. */
export interface PrewarmAlertsProps {
  /** Whose openings are watched. */
  readonly schedules: EventScaleSchedule[];

  /**
   * Labels of the PrometheusRules, by which the Prometheus operator picks them.
   *
   * @default - none: for an operator that takes all rules
   */
  readonly ruleLabels?: { readonly [label: string]: string };

  /**
   * Labels of every alert, by which it is routed.
   *
   * @default - severity: critical
   */
  readonly alertLabels?: { readonly [label: string]: string };
}

const SHAPE: Shape<PrewarmAlertsProps> = {
  schedules: required(listOf(kindOf('an EventScaleSchedule, such as the one in service.schedule', value => typeof value._namespace === 'string'),
    '[service.schedule]')),
  ruleLabels: labels,
  alertLabels: labelsOfAlerts,
};

/**
 * Alerts for those who run the Prometheus operator and kube-state-metrics: a PrometheusRule for each schedule.
 *
 * `PrewarmFloorBelowPlan` when the live floor has been below the plan's for two minutes of a window, `PrewarmNoGuard` when no guard has run for two
 * minutes of one, `PrewarmPodsNotReady` when from the ready margin on fewer pods are Ready than the floor, `PrewarmCeilingReached` when the
 * autoscaler asks for as many pods as its ceiling allows, `PrewarmVerifyFailed` when the pods are not Ready at the opening,
 * `PrewarmVerifyNotRunning` when the pod of verify does not start, `PrewarmArmFailed` when a deploy could not prove that all is there. The plan's
 * floor is recorded as `prewarm:planned_floor`, and what of it must be Ready as `prewarm:ready_floor`, for dashboards.
 *
 * An override by the person on call, and an opening that is postponed, are not known to Prometheus: a floor that an override lowers is reported
 * as below the plan. Nobody is known to show the floor of a target that `ScheduleTarget.fromScale` names: its schedule has neither
 * `PrewarmFloorBelowPlan` nor `PrewarmPodsNotReady`, and `PrewarmVerifyFailed` tells of pods that are missing at the opening.
 *
 * @example
 * new PrewarmAlerts(chart, 'alerts', { schedules: [schedule], ruleLabels: { release: 'kube-prometheus-stack' } });
 */
export class PrewarmAlerts extends Construct {
  /** The PrometheusRules, in the order of the schedules. */
  public readonly rules: ApiObject[];

  constructor(scope: Construct, id: string, props: PrewarmAlertsProps) {
    super(scope, id);
    blaming(this.node.path, () => checkProps('', SHAPE, props));
    const { schedules, ruleLabels, alertLabels = { severity: 'critical' } } = props;
    if (schedules.length === 0) {
      throw Blame.on(this.node.path, "'schedules' is empty; pass those to watch, such as [service.schedule]");
    }
    this.node.addValidation({
      validate: () => schedules.flatMap(({ _plan, _namespace }) => {
        const rules = alertRulesOf(_plan, _namespace, '', alertLabels);
        return tooLarge(`PrometheusRule '${configName(_plan.service)}'`, JSON.stringify(rules).length, _plan);
      }),
    });
    this.rules = schedules.map(schedule => {
      const { _name: service } = schedule;
      return new ApiObject(this, service, {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PrometheusRule',
        // beside what is watched, whose namespace many operators enforce
        metadata: { name: configName(service), namespace: schedule._namespace, labels: { ...ruleLabels, [LABEL_SERVICE]: service } },
        // events may still be added
        spec: Lazy.any({
          produce: () => ({
            groups: [{ name: configName(service), rules: alertRulesOf(schedule._plan, schedule._namespace, schedule._armName, alertLabels) }],
          }),
        }),
      });
    });
  }
}
