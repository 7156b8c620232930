import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Duration } from 'cdk8s';
import { Demand, EventScaleSchedule, OpeningEvent, PrewarmAlerts, ScheduleTarget } from 'cdk8s-prewarm';

// PROMTOOL is Prometheus's own program; else PREWARM_TOOLS runs it
const TOOL = process.env.PROMTOOL ? [process.env.PROMTOOL] : process.env.PREWARM_TOOLS ? [process.env.PREWARM_TOOLS, 'promtool'] : undefined;

/** promtool's time begins in 1970: an opening at 05:00, a window from 03:00 to 06:00, verify from 04:45. */
const OPENING = '1970-01-01T05:00:00Z';
const FLOOR = 'kube_horizontalpodautoscaler_spec_min_replicas{namespace="shop",horizontalpodautoscaler="payment-hpa",instance="ksm"}';
const VERIFY = 'payment-night-verify-285';

(TOOL ? describe : describe.skip)('alerts, as Prometheus takes them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prewarm-alerts-'));
  const { spec, arm } = rules();
  const alerts: any[] = spec.groups[0].rules.filter(({ alert }: any) => alert);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('are rules without a fault', () => {
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify(spec));
    expect(promtool('check', 'rules', join(folder, 'rules.yaml'))).toContain('4 rules found');
  });

  test('are silent when the floor follows the plan', () => {
    // the guard takes half a minute at the rise, and drop as long at the fall
    play([series(FLOOR, '2x180 60x179 2x600')], [0, 60, 179, 181, 185, 299, 330, 359, 361, 400].map(minute => [minute, []]));
  });

  test('tell a floor that does not rise, after two minutes and until the window ends', () => {
    play([series(FLOOR, '2x900')], [
      [60, []], [179, []], [181, []], [183, [['PrewarmFloorBelowPlan', {}]]], [359, [['PrewarmFloorBelowPlan', {}]]], [361, []], [800, []],
    ]);
  });

  test('tell a floor that is lowered in the window, and are silent when it is restored', () => {
    play([series(FLOOR, '2x180 60x59 20x9 60x600')], [[239, []], [241, []], [244, [['PrewarmFloorBelowPlan', {}]]], [252, []]]);
  });

  test('tell an autoscaler that is gone', () => {
    play([series('up', '1x900')], [[60, []], [183, [['PrewarmFloorBelowPlan', {}]]], [361, []]]);
  });

  test('tell a verify that failed, until the window ends', () => {
    const failed = [series(FLOOR, '2x180 60x900'), series(job('kube_job_failed', VERIFY, 'condition="true"'), '_x300 1x900'),
      series(job('kube_job_created', VERIFY), `_x284 ${285 * 60}x900`)];
    play(failed, [[299, []], [302, [['PrewarmVerifyFailed', { job_name: VERIFY }]]], [359, [['PrewarmVerifyFailed', { job_name: VERIFY }]]], [361, []]]);
  });

  test('are silent about a verify that failed at another opening, and one that has not', () => {
    play([
      series(FLOOR, '2x180 60x900'),
      series(job('kube_job_failed', 'payment-night-verify-7', 'condition="true"'), '1x900'), series(job('kube_job_created', 'payment-night-verify-7'), '420x900'),
      series(job('kube_job_failed', VERIFY, 'condition="false"'), '1x900'), series(job('kube_job_created', VERIFY), `${285 * 60}x900`),
    ], [[60, []], [290, []], [350, []]]);
  });

  test('tell a deploy that is not armed at once, at any time, and not one of before', () => {
    play([series(FLOOR, '2x180 60x900'), series(job('kube_job_failed', arm, 'condition="true"'), '_x9 1x900')], [
      [5, []], [12, [['PrewarmArmFailed', { job_name: arm }]]], [800, [['PrewarmArmFailed', { job_name: arm }]]],
    ]);
    play([series(FLOOR, '2x180 60x900'), series(job('kube_job_failed', 'payment-arm-00000000', 'condition="true"'), '1x900')], [[5, []], [800, []]]);
  });

  /** What fires at which minute, among all alerts. */
  function play(inputs: readonly object[], expected: readonly (readonly [minute: number, firing: readonly (readonly [string, object])[]])[]): void {
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify(spec));
    writeFileSync(join(folder, 'test.yaml'), JSON.stringify({
      rule_files: ['rules.yaml'],
      evaluation_interval: '30s',
      tests: [{
        interval: '1m',
        input_series: inputs,
        alert_rule_test: expected.flatMap(([minute, firing]) => alerts.map(({ alert, annotations }) => ({
          eval_time: `${minute}m`,
          alertname: alert,
          exp_alerts: firing.filter(([name]) => name === alert).map(([, labels]) => ({
            exp_labels: { namespace: 'shop', service: 'payment', severity: 'critical', ...labels },
            exp_annotations: annotations,
          })),
        }))),
      }],
    }));
    expect(promtool('test', 'rules', join(folder, 'test.yaml'))).toContain('SUCCESS');
  }

  function promtool(...args: string[]): string {
    const [program, ...first] = TOOL!;
    try {
      return execFileSync(program, [...first, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      throw new Error(`${(error as any).stdout}${(error as any).stderr}`);
    }
  }
});

/** A schedule's rules, and the name of its arm job. */
function rules(): { spec: any; arm: string } {
  const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
  const schedule = new EventScaleSchedule(chart, 'payment', {
    target: ScheduleTarget.fromAutoscalerName('payment-hpa'),
    baseline: { floor: 2, ceiling: 9 },
    events: [{ event: OpeningEvent.once('night', { at: OPENING, lead: Duration.hours(2), hold: Duration.hours(1) }), demand: Demand.replicas(60) }],
  });
  const objects = [new PrewarmAlerts(chart, 'alerts', { schedules: [schedule] }).rules[0].toJson(), ...chart.toJson()];
  return { spec: objects[0].spec, arm: objects.find(({ kind }) => kind === 'Job').metadata.name };
}

/** `2x180` is 2 for minutes 0 to 180. */
function series(name: string, values: string): { series: string; values: string } {
  return { series: name, values: values.split(' ').map(part => part.replace('x', '+0x').replace('_+0x', '_x')).join(' ') };
}

function job(metric: string, name: string, more?: string): string {
  return `${metric}{${['namespace="shop"', `job_name="${name}"`, 'instance="ksm"', ...more ? [more] : []].join(',')}}`;
}
