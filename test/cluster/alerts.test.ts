import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Duration } from 'cdk8s';
import { Demand, EventScaleSchedule, IScheduleTarget, OpeningEvent, PrewarmAlerts, ScheduleTarget } from 'cdk8s-prewarm';

// PROMTOOL is Prometheus's own program; else PREWARM_TOOLS runs it
const TOOL = process.env.PROMTOOL ? [process.env.PROMTOOL] : process.env.PREWARM_TOOLS ? [process.env.PREWARM_TOOLS, 'promtool'] : undefined;

/** promtool's time begins in 1970: an opening at 05:00, a window from 03:00 to 06:00, verify from 04:45. */
const OPENING = '1970-01-01T05:00:00Z';
const FLOOR = 'kube_horizontalpodautoscaler_spec_min_replicas{namespace="shop",horizontalpodautoscaler="payment-hpa",instance="ksm"}';
const READY = 'kube_deployment_status_replicas_ready{namespace="shop",deployment="payment-hpa",instance="ksm"}';
const GUARDS = 'kube_deployment_status_replicas_ready{namespace="shop",deployment="payment-prewarm-guards",instance="ksm"}';
const VERIFY = 'payment-night-verify-285';

/** As it is on a good night, in series that a test does not name. */
const WELL: readonly (readonly [name: string, values: string])[] = [[READY, '2x181 60x900'], [GUARDS, '0x180 2x179 0x900']];

(TOOL ? describe : describe.skip)('alerts, as Prometheus takes them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prewarm-alerts-'));
  const { spec, arm } = rules();
  afterAll(() => rmSync(folder, { recursive: true }));

  test('are rules without a fault', () => {
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify(spec));
    expect(promtool('check', 'rules', join(folder, 'rules.yaml'))).toContain('9 rules found');
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

  test('tell a verify that failed, for a while after the window too', () => {
    const failed = [series(FLOOR, '2x180 60x900'), ...runs(VERIFY, '_x284 1x15 0x900'), series(job('kube_job_failed', VERIFY, 'condition="true"'), '_x300 1x900'),
      series(job('kube_job_created', VERIFY), `_x284 ${285 * 60}x900`)];
    play(failed, [[299, []], [302, [['PrewarmVerifyFailed', { job_name: VERIFY }]]], [368, [['PrewarmVerifyFailed', { job_name: VERIFY }]]], [372, []]]);
  });

  test('are silent about a verify that failed at another opening, and one that has not', () => {
    play([
      series(FLOOR, '2x180 60x900'),
      series(job('kube_job_failed', 'payment-night-verify-7', 'condition="true"'), '1x900'), series(job('kube_job_created', 'payment-night-verify-7'), '420x900'),
      series(job('kube_job_failed', VERIFY, 'condition="false"'), '1x900'), series(job('kube_job_created', VERIFY), `_x284 ${285 * 60}x900`),
      ...runs(VERIFY, '_x284 1x900'),
    ], [[100, []], [290, []], [350, []]]);
  });

  test('tell a verify whose pod does not start, before the opening, and not one that runs or has done its work', () => {
    const created = series(job('kube_job_created', VERIFY), `_x284 ${285 * 60}x900`);
    const notRunning = [['PrewarmVerifyNotRunning', { job_name: VERIFY }]] as const;
    const good = series(FLOOR, '2x180 60x900');
    play([good, created, ...runs(VERIFY, '_x284 0x900')], [[283, []], [285, []], [288, notRunning], [299, notRunning]]);
    // a quota lets no pod be created
    play([good, created], [[288, notRunning]]);
    play([good, created, ...runs(VERIFY, '_x285 1x5 0x900'), series(job('kube_job_status_succeeded', VERIFY), '_x284 0x5 1x900')], [[286, []], [288, []], [320, []]]);
  });

  test('tell pods of the floor that are not Ready, from the ready margin on, and not before', () => {
    const good = series(FLOOR, '2x180 60x900');
    const notReady = [['PrewarmPodsNotReady', {}]] as const;
    play([good, series(READY, '2x180 40x900')], [[200, []], [284, []], [287, notReady], [359, notReady], [361, []]]);
    play([good, series(READY, '2x180 60x119 59x9 60x900')], [[299, []], [303, notReady], [312, []]]);
  });

  test('tell a window without a guard, after two minutes', () => {
    const good = series(FLOOR, '2x180 60x900');
    const noGuard = [['PrewarmNoGuard', {}]] as const;
    play([good, series(GUARDS, '0x900')], [[60, []], [181, []], [183, noGuard], [359, noGuard], [361, []]]);
    play([good, series(GUARDS, '0x180 2x59 0x0 2x118 0x900')], [[240, []], [242, []], [250, []]]);
    play([good, series(GUARDS, '0x180 2x59 _x900')], [[250, noGuard]]);
  });

  test('tell a seat belt that is used up in a window, and not where ceiling and floor are one', () => {
    const hpa = (field: string, values: string) => series(`kube_horizontalpodautoscaler_${field}_replicas{namespace="shop",horizontalpodautoscaler="payment-hpa",instance="ksm"}`, values);
    const good = series(FLOOR, '2x180 60x900');
    const reached = [['PrewarmCeilingReached', {}]] as const;
    play([good, hpa('spec_max', '90x900'), hpa('status_desired', '2x180 60x119 90x20 80x900')], [[299, []], [303, reached], [320, reached], [323, []]]);
    play([good, hpa('spec_max', '90x900'), hpa('status_desired', '90x900')], [[60, []], [170, []]]);
    play([good, hpa('spec_max', '60x900'), hpa('status_desired', '60x900')], [[250, []], [310, []]]);
  });

  test('find the autoscaler of a ScaledObject by what it scales, under a name of its own', () => {
    const keda = rules(ScheduleTarget.fromScaledObjectName('payment', { workload: ScheduleTarget.fromDeploymentName('payment-hpa') })).spec;
    const own = 'namespace="shop",horizontalpodautoscaler="its-own",instance="ksm"';
    const other = 'namespace="shop",horizontalpodautoscaler="other",instance="ksm"';
    const info = (labels: string, name: string) => series(`kube_horizontalpodautoscaler_info{${labels},scaletargetref_kind="Deployment",scaletargetref_name="${name}"}`, '1x900');
    const floors = (values: string) => [
      info(own, 'payment-hpa'), series(`kube_horizontalpodautoscaler_spec_min_replicas{${own}}`, values),
      info(other, 'other'), series(`kube_horizontalpodautoscaler_spec_min_replicas{${other}}`, '99x900'),
    ];
    play(floors('2x180 60x900'), [[60, []], [250, []], [320, []]], keda);
    play(floors('2x900'), [[60, []], [250, [['PrewarmFloorBelowPlan', {}]]]], keda);
  });

  test('tell a deploy that is not armed at once, at any time, and not one of before', () => {
    play([series(FLOOR, '2x180 60x900'), series(job('kube_job_failed', arm, 'condition="true"'), '_x9 1x900')], [
      [5, []], [12, [['PrewarmArmFailed', { job_name: arm }]]], [800, [['PrewarmArmFailed', { job_name: arm }]]],
    ]);
    play([series(FLOOR, '2x180 60x900'), series(job('kube_job_failed', 'payment-arm-00000000', 'condition="true"'), '1x900')], [[5, []], [800, []]]);
  });

  /** What fires at which minute, among all alerts. */
  function play(
    named: readonly Input[], expected: readonly (readonly [minute: number, firing: readonly (readonly [string, object])[]])[], rulesSpec = spec,
  ): void {
    const inputs = [...named, ...WELL.filter(([name]) => !named.some(one => one.series === name)).map(([name, values]) => series(name, values))];
    const alerts: any[] = rulesSpec.groups[0].rules.filter(({ alert }: any) => alert);
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify(rulesSpec));
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
function rules(target: IScheduleTarget = ScheduleTarget.fromAutoscalerName('payment-hpa')): { spec: any; arm: string } {
  const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
  const schedule = new EventScaleSchedule(chart, 'payment', {
    target,
    baseline: { floor: 2, ceiling: 9 },
    events: [{ event: OpeningEvent.once('night', { at: OPENING, lead: Duration.hours(2), hold: Duration.hours(1) }), demand: Demand.replicas(60) }],
  });
  const objects = [new PrewarmAlerts(chart, 'alerts', { schedules: [schedule] }).rules[0].toJson(), ...chart.toJson()];
  return { spec: objects[0].spec, arm: objects.find(({ kind }) => kind === 'Job').metadata.name };
}

interface Input {
  readonly series: string;
  readonly values: string;
}

/** `2x180` is 2 for minutes 0 to 180. */
function series(name: string, values: string): Input {
  return { series: name, values: values.split(' ').map(part => part.replace('x', '+0x').replace('_+0x', '_x')).join(' ') };
}

function job(metric: string, name: string, more?: string): string {
  return `${metric}{${['namespace="shop"', `job_name="${name}"`, 'instance="ksm"', ...more ? [more] : []].join(',')}}`;
}

/** The pod of a job, which is Running where the values are 1. */
function runs(jobName: string, values: string): Input[] {
  const pod = `namespace="shop",pod="${jobName}-x7k2p",instance="ksm"`;
  return [
    series(`kube_pod_status_phase{${pod},phase="Running"}`, values),
    series(`kube_pod_owner{${pod},owner_kind="Job",owner_name="${jobName}"}`, '1x900'),
  ];
}
