import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ApiObject, App, Chart, Duration, JsonPatch, Testing, YamlOutputType } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as kplus32 from 'cdk8s-plus-32';
import { Construct } from 'constructs';
import { chartIn as chartNamed, find, namesOf } from './support/charts';
import { decide } from '../src/core/plan/decide';
import { decodePlan } from '../src/core/plan/document';
import { planAt } from '../src/core/plan/plan';
import {
  CeilingPolicy, Demand, EventScaleSchedule, EventScaleScheduleProps, IScheduleTarget, OpeningEvent, PodCapacity, ScheduledEvent, ScheduleTarget,
  TaintEffect, Weekday,
} from 'cdk8s-prewarm';

const MARATHON = OpeningEvent.once('marathon', {
  at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(3), hold: Duration.hours(2),
});
const BASELINE = { floor: 3, ceiling: 20 };

describe('what is rendered', () => {
  test('the plan, the program that follows it, an account that may do one thing, and the jobs', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    expect(namesOf(chart)).toEqual([
      'ConfigMap payment-prewarm',
      'ConfigMap payment-prewarm-keeper',
      'ConfigMap payment-prewarm-repair',
      'CronJob payment-marathon-bump',
      'CronJob payment-marathon-drop',
      'CronJob payment-marathon-verify',
      'CronJob payment-prewarm-repair',
      'Deployment payment-prewarm-guards',
      expect.stringMatching(/^Job payment-arm-[0-9a-f]{8}$/),
      'Role payment-prewarm',
      'Role payment-prewarm-repair',
      'RoleBinding payment-prewarm',
      'RoleBinding payment-prewarm-repair',
      'ServiceAccount payment-prewarm',
      'ServiceAccount payment-prewarm-repair',
    ]);
  });

  test('every object says whose it is, and the jobs for which event and in which role, down to their pods', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    // program and repair are those of all services of the chart
    for (const object of Testing.synth(chart).filter(({ metadata }) => !/-prewarm-(keeper|repair)$/.test(metadata.name))) {
      expect(object.metadata.labels).toMatchObject({ 'cdk8s-prewarm/service': 'payment' });
    }
    const own = { 'cdk8s-prewarm/service': 'payment', 'cdk8s-prewarm/event': 'marathon', 'cdk8s-prewarm/role': 'verify' };
    const verify = find(chart, 'CronJob', 'payment-marathon-verify');
    expect(verify.metadata.labels).toEqual(own);
    expect(verify.spec.jobTemplate.metadata.labels).toEqual(own);
    expect(verify.spec.jobTemplate.spec.template.metadata.labels).toMatchObject(own);
    expect(find(chart, 'CronJob', 'payment-prewarm-repair').metadata.labels).toEqual({ 'cdk8s-prewarm/role': 'repair' });
  });

  test('the plan in the ConfigMap is what floorAt answers from', () => {
    const chart = chartNamed('shop');
    const schedule = scheduleIn(chart);
    const plan = decodePlan(find(chart, 'ConfigMap', 'payment-prewarm').data['plan.json']);
    for (const [instant, floor] of [
      ['2026-12-05T06:59:59.999+09:00', 3], ['2026-12-05T07:00:00+09:00', 60], ['2026-12-05T11:59:59.999+09:00', 60], ['2026-12-05T12:00:00+09:00', 3],
    ] as const) {
      expect([planAt(plan, Date.parse(instant)).floor, schedule.floorAt(instant)]).toEqual([floor, floor]);
    }
    expect(plan).toMatchObject({
      service: 'payment',
      target: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'payment-hpa' },
      workload: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'payment-api' },
      baseline: BASELINE,
      guards: 2,
      startupMs: 60_000,
      openings: [{ event: 'marathon', timeZone: 'Asia/Seoul', demand: { replicas: 60 }, floor: 60, ceiling: 90 }],
    });
  });

  test('one ConfigMap carries what starts the keeper, another the keeper itself', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    expect(find(chart, 'ConfigMap', 'payment-prewarm-keeper').data['program.js'].length).toBeGreaterThan(10_000);
    expect(find(chart, 'ConfigMap', 'payment-prewarm').data['keeper.js'].length).toBeGreaterThan(100);
  });

  test('two synths of one app are the same byte for byte', () => {
    const render = () => {
      const app = new App();
      scheduleIn(new Chart(app, 'shop', { namespace: 'shop' }));
      return app.synthYaml();
    };
    expect(render()).toBe(render());
  });

  test('an event that is added between two synths is in the second', () => {
    const chart = chartNamed('shop');
    const schedule = scheduleIn(chart);
    const armed = armIn(chart).metadata.name;
    schedule.addEvent(openingAt('2026-12-24T10:00:00Z'));
    const plan = decodePlan(find(chart, 'ConfigMap', 'payment-prewarm').data['plan.json']);
    expect(plan.openings.map(({ event }) => event)).toEqual(['marathon', 'extra']);
    expect(armIn(chart).metadata.name).not.toBe(armed);
  });

  test('has no field that kubectl apply would report as a change each time', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    for (const object of Testing.synth(chart).filter(({ kind }) => kind === 'Job' || kind === 'CronJob')) {
      expect(podOf(object)).not.toHaveProperty('hostNetwork');
    }
    expect(find(chart, 'RoleBinding', 'payment-prewarm').subjects[0]).not.toHaveProperty('apiGroup');
  });

  test('a chart synthesized twice is the same twice', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    expect(Testing.synth(chart)).toEqual(Testing.synth(chart));
  });
});

describe('the jobs', () => {
  test('times stand in the zone of the event', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    const lines = ['bump', 'verify', 'drop'].map(role => {
      const { schedule, timeZone } = find(chart, 'CronJob', `payment-marathon-${role}`).spec;
      return `${schedule} ${timeZone}`;
    });
    expect(lines).toEqual(['*/5 7-11 5 12 * Asia/Seoul', '45 9 5 12 * Asia/Seoul', '0 12 5 12 * Asia/Seoul']);
  });

  test('each runs the keeper in its role, and bump and verify for their event', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    const argsOf = (name: string) => podOf(find(chart, 'CronJob', name)).containers[0].args;
    expect(argsOf('payment-marathon-bump')).toEqual(['--max-heap-size=48', '/opt/prewarm/keeper.js', 'bump', '--event', 'marathon']);
    expect(argsOf('payment-marathon-verify')).toEqual(['--max-heap-size=48', '/opt/prewarm/keeper.js', 'verify', '--event', 'marathon']);
    expect(argsOf('payment-marathon-drop')).toEqual(['--max-heap-size=48', '/opt/prewarm/keeper.js', 'drop']);
    expect(argsOf('payment-prewarm-repair')).toEqual(['--max-heap-size=48', '/opt/prewarm/keeper.js', 'repair']);
    expect(podOf(armIn(chart)).containers[0].args).toEqual(['--max-heap-size=48', '/opt/prewarm/keeper.js', 'arm']);
  });

  test('two pods guard, on different nodes if possible, and are left alone', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    const guards = find(chart, 'Deployment', 'payment-prewarm-guards');
    // how many is the keeper's to say
    expect(guards.spec).not.toHaveProperty('replicas');
    const { metadata, spec } = guards.spec.template;
    expect(spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution).toEqual([{
      weight: 100,
      podAffinityTerm: {
        labelSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'payment-prewarm-guards' } },
        namespaces: ['shop'],
        topologyKey: 'kubernetes.io/hostname',
      },
    }]);
    expect(metadata.labels['cdk8s.io/metadata.addr']).toBe('payment-prewarm-guards');
    expect(metadata.annotations).toMatchObject({
      'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false', 'karpenter.sh/do-not-disrupt': 'true',
    });
  });

  test('a pod of a lost node is given up after 15 seconds', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    expect(podOf(find(chart, 'CronJob', 'payment-marathon-bump')).tolerations).toEqual(['not-ready', 'unreachable'].map(taint => ({
      effect: 'NoExecute', key: `node.kubernetes.io/${taint}`, operator: 'Exists', tolerationSeconds: 15,
    })));
  });

  test('late runs still happen, one at a time, and finished ones are few', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    const deadlines = ['marathon-bump', 'marathon-verify', 'marathon-drop', 'prewarm-repair'].map(name => {
      const { spec } = find(chart, 'CronJob', `payment-${name}`);
      expect(spec).toMatchObject({ concurrencyPolicy: 'Forbid', successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 3 });
      return spec.startingDeadlineSeconds;
    });
    expect(deadlines).toEqual([300, 900, 3600, 600]);
  });

  test('a bump that cannot raise may go on trying as long as the longest stretch of windows, the two hours that an opening can be postponed, and half an hour', () => {
    const chart = chartNamed('shop');
    const festival = OpeningEvent.onDates('festival', {
      dates: ['2026-12-05', '2026-12-06', '2026-12-09'], time: '10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(12), hold: Duration.hours(14),
    });
    scheduleIn(chart, { events: [{ event: festival, demand: Demand.replicas(30) }] });
    // two windows of 26 hours that begin 24 hours apart
    expect(find(chart, 'CronJob', 'payment-festival-bump').spec.jobTemplate.spec.activeDeadlineSeconds).toBe((50 + 2) * 3600 + 1800);
  });

  test('a verify that failed stays failed', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    expect(find(chart, 'CronJob', 'payment-marathon-verify').spec.jobTemplate.spec.backoffLimit).toBe(0);
  });

  test('may list no pods where they are not explained, and read by name whether guards run', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart, { keeper: { explainsPods: false } });
    const { rules } = find(chart, 'Role', 'payment-prewarm');
    expect(rules.filter(({ resources }: any) => resources[0] === 'pods')).toEqual([]);
    expect(rules.filter(({ resourceNames }: any) => !resourceNames).map(({ verbs, resources }: any) => [...verbs, ...resources])).toEqual([['create', 'events']]);
    expect(rules).toContainEqual({ apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['payment-prewarm-guards'], verbs: ['get'] });
    expect(decodePlan(find(chart, 'ConfigMap', 'payment-prewarm').data['plan.json']).explainsPods).toBe(false);
  });

  test('without guards there is no Deployment of them, and no right on one', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart, { keeper: { guards: 0 } });
    expect(namesOf(chart).filter(name => name.includes('guards'))).toEqual([]);
    expect(JSON.stringify(find(chart, 'Role', 'payment-prewarm').rules)).not.toContain('guards');
  });

  test('the jobs of an event can be reached, with labels of a platform on what is rendered', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart).jobsOf(MARATHON).verify!.metadata.addLabel('alert', 'page');
    expect(find(chart, 'CronJob', 'payment-marathon-verify').metadata.labels.alert).toBe('page');
  });

  test('a patch of the user comes after ours', () => {
    const chart = chartNamed('shop');
    const { bump } = scheduleIn(chart).jobsOf(MARATHON);
    ApiObject.of(bump).addJsonPatch(JsonPatch.replace('/spec/jobTemplate/spec/parallelism', 3));
    expect(find(chart, 'CronJob', 'payment-marathon-bump').spec.jobTemplate.spec.parallelism).toBe(3);
  });

  test('asking for the jobs of an event that is not scheduled names those that are', () => {
    const other = OpeningEvent.once('other', { at: '2026-12-05T10:00:00Z' });
    expect(() => scheduleIn(chartNamed('shop')).jobsOf(other)).toThrow("event 'other' is not scheduled here; there is 'marathon'");
    expect(() => scheduleIn(chartNamed('shop'), { events: [] }).jobsOf(other)).toThrow('there are no events');
  });
});

describe('the pods of the jobs', () => {
  test('meet the restricted Pod Security Standard, with a user for images that run as root', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    const jobs = Testing.synth(chart).filter(({ kind }) => kind === 'CronJob' || kind === 'Job');
    expect(jobs).toHaveLength(5);
    for (const pod of jobs.map(podOf)) {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } });
      expect(pod.containers[0].securityContext).toMatchObject({
        runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, privileged: false, capabilities: { drop: ['ALL'] },
      });
    }
  });

  test('mount plan and keeper read-only, and their account', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    const pod = podOf(armIn(chart));
    expect(pod).toMatchObject({
      automountServiceAccountToken: true,
      serviceAccountName: 'payment-prewarm',
      restartPolicy: 'Never',
      enableServiceLinks: false,
      // without the program a pod starts all the same, and gets it from the API server
      volumes: [{
        name: 'prewarm',
        projected: { sources: [{ configMap: { name: 'payment-prewarm' } }, { configMap: { name: 'payment-prewarm-keeper', optional: true } }] },
      }],
    });
    expect(pod.containers[0]).toMatchObject({
      volumeMounts: [{ name: 'prewarm', mountPath: '/opt/prewarm', readOnly: true }], terminationMessagePolicy: 'FallbackToLogsOnError',
    });
  });

  test('ask for little and say how much at most', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    expect(podOf(armIn(chart)).containers[0].resources).toEqual({
      requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' },
    });
  });

  test('are not injected by a mesh, whose sidecar would never let a Job end', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    const { labels, annotations } = find(chart, 'CronJob', 'payment-prewarm-repair').spec.jobTemplate.spec.template.metadata;
    expect(labels['sidecar.istio.io/inject']).toBe('false');
    expect(annotations).toMatchObject({ 'sidecar.istio.io/inject': 'false', 'linkerd.io/inject': 'disabled' });
  });

  test('take image, pull secret, priority and webhook of a platform', () => {
    const chart = chartNamed('shop');
    const secret = kplus.Secret.fromSecretName(chart, 'Hook', 'chat');
    scheduleIn(chart, {
      keeper: {
        image: 'registry.acme.example/node:24.21.0',
        priorityClassName: 'acme-critical',
        imagePullSecret: kplus.Secret.fromSecretName(chart, 'Pull', 'pull'),
        webhookUrl: { secret, key: 'url' },
      },
    });
    const pod = podOf(find(chart, 'CronJob', 'payment-marathon-bump'));
    expect(pod).toMatchObject({ priorityClassName: 'acme-critical', imagePullSecrets: [{ name: 'pull' }] });
    expect(pod.containers[0]).toMatchObject({
      image: 'registry.acme.example/node:24.21.0',
      // optional: without the secret there is no message, but there is a floor
      env: [{ name: 'PREWARM_WEBHOOK_URL', valueFrom: { secretKeyRef: { name: 'chat', key: 'url', optional: true } } }],
    });
  });
});

describe('the pods of the jobs on a platform with rules of its own', () => {
  const keeper = {
    podLabels: { 'team': 'night', 'cdk8s-prewarm/role': 'mine', 'sidecar.istio.io/inject': 'true' },
    podAnnotations: { 'acme.example/cost-centre': '4711' },
    nodeSelector: { pool: 'batch' },
    tolerations: [{ key: 'batch', value: 'yes', effect: TaintEffect.NO_SCHEDULE }],
  };

  test('tolerate any value of a key, and any key, where none is given', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart, { keeper: { tolerations: [{ key: 'batch' }, { effect: TaintEffect.NO_EXECUTE }] } }).addEvent(openingAt('2026-12-24T10:00:00Z'));
    const bump = Testing.synth(chart).find(({ kind, metadata }) => kind === 'CronJob' && metadata.name.endsWith('bump'));
    expect(bump.spec.jobTemplate.spec.template.spec.tolerations.slice(2)).toEqual([{ key: 'batch', operator: 'Exists' }, { operator: 'Exists', effect: 'NoExecute' }]);
  });

  test('refuse the value of a taint without its key', () => {
    expect(() => scheduleIn(chartNamed('shop'), { keeper: { tolerations: [{ value: 'yes' }] } })).toThrow(
      "'keeper.tolerations[0].value' (yes) needs 'keeper.tolerations[0].key': Kubernetes compares the value of one key; name the key, or leave the value out");
  });

  test('have its labels, annotations, nodes and tolerations, also those of an event that is added later', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart, { keeper }).addEvent(openingAt('2026-12-24T10:00:00Z'));
    const templates = Testing.synth(chart).filter(({ kind }) => kind === 'Job' || kind === 'CronJob' || kind === 'Deployment').map(({ spec }) => (spec.jobTemplate?.spec ?? spec).template);
    expect(templates).toHaveLength(9);
    for (const { metadata, spec } of templates) {
      expect(metadata.labels).toMatchObject({ 'team': 'night', 'sidecar.istio.io/inject': 'true' });
      expect(metadata.annotations).toMatchObject({ 'acme.example/cost-centre': '4711', 'linkerd.io/inject': 'disabled' });
      expect(spec.nodeSelector).toEqual({ pool: 'batch' });
      expect(spec.tolerations[spec.tolerations.length - 1]).toEqual({ key: 'batch', operator: 'Equal', value: 'yes', effect: 'NoSchedule' });
    }
  });

  test('still say whose they are', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart, { keeper });
    expect(find(chart, 'CronJob', 'payment-marathon-bump').spec.jobTemplate.spec.template.metadata.labels['cdk8s-prewarm/role']).toBe('bump');
  });
});

describe('rights', () => {
  test('are the named target and workload, plan, override, program, pods to list and events to create', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    const rules = find(chart, 'Role', 'payment-prewarm').rules.map(({ apiGroups, resources, resourceNames, verbs }: any) =>
      [apiGroups[0], resources[0], resourceNames?.[0], verbs.join(',')]);
    expect(rules).toEqual([
      ['autoscaling', 'horizontalpodautoscalers', 'payment-hpa', 'get,watch,patch'],
      ['apps', 'deployments', 'payment-api', 'get,watch'],
      ['apps', 'deployments/scale', 'payment-api', 'get,patch'],
      ['apps', 'deployments/scale', 'payment-prewarm-guards', 'patch'],
      ['', 'configmaps', 'payment-prewarm', 'get,watch'],
      ['', 'configmaps', 'payment-override', 'get,watch'],
      ['', 'configmaps', 'payment-prewarm-keeper', 'get'],
      ['', 'pods', undefined, 'list'],
      ['', 'events', undefined, 'create'],
    ]);
  });

  test('on a workload without an autoscaler are one rule for both', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart, { target: ScheduleTarget.fromStatefulSetName('db') });
    const rules = find(chart, 'Role', 'payment-prewarm').rules.slice(0, 4).map(({ resources, verbs }: any) => [resources[0], verbs.join(',')]);
    expect(rules).toEqual([['statefulsets', 'get,watch,patch'], ['statefulsets/scale', 'get,patch'], ['deployments/scale', 'patch'], ['configmaps', 'get,watch']]);
  });

  test('on a ScaledObject are KEDA\'s group', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart, { target: ScheduleTarget.fromScaledObjectName('payment') });
    expect(find(chart, 'Role', 'payment-prewarm').rules[0]).toMatchObject({ apiGroups: ['keda.sh'], resources: ['scaledobjects'], resourceNames: ['payment'] });
  });

  test('on a Rollout are those of Argo Rollouts\' group, whether it is the target or the workload of one', () => {
    const rules = (target: ScheduleTarget) => {
      const chart = chartNamed('shop');
      scheduleIn(chart, { target });
      return find(chart, 'Role', 'payment-prewarm').rules.slice(0, 4).map(({ apiGroups, resources, verbs }: any) => [apiGroups[0], resources[0], verbs.join(',')]);
    };
    expect(rules(ScheduleTarget.fromRolloutName('web')).slice(0, 2)).toEqual([
      ['argoproj.io', 'rollouts', 'get,watch,patch'], ['argoproj.io', 'rollouts/scale', 'get,patch'],
    ]);
    expect(rules(ScheduleTarget.fromAutoscalerName('web', { workload: ScheduleTarget.fromRolloutName('web') }))).toEqual([
      ['autoscaling', 'horizontalpodautoscalers', 'get,watch,patch'], ['argoproj.io', 'rollouts', 'get,watch'], ['argoproj.io', 'rollouts/scale', 'get,patch'],
      ['apps', 'deployments/scale', 'patch'],
    ]);
  });

  test('go to the account of the jobs in its namespace', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    expect(find(chart, 'RoleBinding', 'payment-prewarm')).toMatchObject({
      roleRef: { kind: 'Role', name: 'payment-prewarm' },
      subjects: [{ kind: 'ServiceAccount', name: 'payment-prewarm', namespace: 'shop' }],
    });
  });
});

describe('the arm job', () => {
  const nameAfter = (change: (schedule: EventScaleSchedule, chart: Chart) => void, props: Partial<EventScaleScheduleProps> = {}): string => {
    const chart = chartNamed('shop');
    change(scheduleIn(chart, props), chart);
    return armIn(chart).metadata.name;
  };
  const unchanged = nameAfter(() => {});

  test('has the same name where nothing changed', () => {
    expect(nameAfter(() => {})).toBe(unchanged);
  });

  test('has the same name where the code moved', () => {
    const chart = chartNamed('shop');
    scheduleIn(new Construct(chart, 'Moved'), { name: 'payment' }, 'Elsewhere');
    expect(armIn(chart).metadata.name).toBe(unchanged);
  });

  test('has another name for another plan, also by an event that is added later', () => {
    const added = nameAfter(schedule => schedule.addEvent(openingAt('2026-12-24T10:00:00Z')));
    expect(new Set([unchanged, added, nameAfter(() => {}, { baseline: { floor: 4, ceiling: 20 } })]).size).toBe(3);
  });

  test('has another name for another image, and for what is added to its pod later', () => {
    expect(nameAfter(() => {}, { keeper: { image: 'node:24.0.0' } })).not.toBe(unchanged);
    expect(nameAfter(schedule => schedule.arm.podMetadata.addAnnotation('acme.example/team', 'night'))).not.toBe(unchanged);
  });

  test('has another name when the manifest of the target changes', () => {
    const names = ['', 'night'].map(team => {
      const chart = chartNamed('shop');
      const autoscaler = autoscalerIn(chart);
      scheduleIn(chart, { target: autoscaler, baseline: undefined });
      if (team) {
        autoscaler.metadata.addAnnotation('team', team);
      }
      return armIn(chart).metadata.name;
    });
    expect(names[1]).not.toBe(names[0]);
  });

  test('has the same name after a release: what starts in the pods is none of its business', () => {
    const names = ['web:1', 'web:2'].map(image => {
      const chart = chartNamed('shop');
      scheduleIn(chart, { target: autoscalerIn(chart, { image }), baseline: undefined });
      return armIn(chart).metadata.name;
    });
    expect(names[1]).toBe(names[0]);
  });

  test('has its name in every form of cdk8s output', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'prewarm-out-'));
    try {
      for (const yamlOutputType of [YamlOutputType.FILE_PER_RESOURCE, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE]) {
        const app = new App({ outdir: join(outdir, `${yamlOutputType}`), yamlOutputType, recordConstructMetadata: true });
        scheduleIn(new Chart(app, 'shop', { namespace: 'shop' }));
        app.synth();
      }
      const files = readdirSync(outdir, { recursive: true }).map(file => basename(`${file}`)).filter(file => file.startsWith('Job.'));
      expect(files).toEqual([`Job.${unchanged}.k8s.yaml`, `Job.${unchanged}.k8s.yaml`]);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });

  test('fails the deploy within a quarter of an hour', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    expect(armIn(chart).spec).toMatchObject({ activeDeadlineSeconds: 900, backoffLimit: 2 });
    expect(armIn(chart).spec).not.toHaveProperty('ttlSecondsAfterFinished');
  });

  test('is a hook of Argo CD on request, under a name that each sync replaces', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart, { keeper: { argoCdHook: true } });
    expect(find(chart, 'Job', 'payment-arm').metadata.annotations).toEqual({
      'argocd.argoproj.io/hook': 'PostSync', 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    });
  });
});

describe('a target that this app renders', () => {
  test('is the same by its ApiObject, which other languages of jsii have to pass', () => {
    const rendered = (of: (target: kplus.HorizontalPodAutoscaler) => IScheduleTarget) => {
      const chart = chartNamed('shop');
      scheduleIn(chart, { target: of(autoscalerIn(chart)), baseline: undefined });
      return Testing.synth(chart);
    };
    expect(rendered(target => ScheduleTarget.fromApiObject(ApiObject.of(target)))).toEqual(rendered(target => target));
  });

  test('loses its floor and gets the highest ceiling of the plan', () => {
    const chart = chartNamed('shop');
    const schedule = scheduleIn(chart, { target: autoscalerIn(chart), baseline: undefined });
    const { spec } = find(chart, 'HorizontalPodAutoscaler', 'web');
    expect(spec).not.toHaveProperty('minReplicas');
    expect(spec.maxReplicas).toBe(90);
    expect(schedule.baseline).toEqual({ floor: 4, ceiling: 90 });
    expect(schedule.ceilingPolicy).toBe(CeilingPolicy.FIXED);
    expect(schedule._plan.fixedCeiling).toBe(90);
    expect(schedule.ceilingAt('2026-01-01T00:00:00Z')).toBe(90);
  });

  test('keeps its own ceiling where no event needs more', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart, { target: autoscalerIn(chart), baseline: undefined, events: [] });
    expect(find(chart, 'HorizontalPodAutoscaler', 'web').spec.maxReplicas).toBe(15);
  });

  test('follows events that are added later', () => {
    const chart = chartNamed('shop');
    const schedule = scheduleIn(chart, { target: autoscalerIn(chart), baseline: undefined });
    schedule.addEvent({ ...openingAt('2026-12-24T10:00:00Z'), demand: Demand.replicas(200) });
    expect(find(chart, 'HorizontalPodAutoscaler', 'web').spec.maxReplicas).toBe(300);
  });

  test('has the stated ceiling, whatever the events are', () => {
    const chart = chartNamed('shop');
    const schedule = scheduleIn(chart, { target: autoscalerIn(chart), baseline: undefined, ceiling: 500 });
    expect(find(chart, 'HorizontalPodAutoscaler', 'web').spec.maxReplicas).toBe(500);
    expect(schedule.ceilingAt('2026-12-05T10:00:00+09:00')).toBe(500);
  });

  test('has the highest ceiling in its manifest also where the keeper moves it', () => {
    const chart = chartNamed('shop');
    const schedule = scheduleIn(chart, { target: autoscalerIn(chart), baseline: undefined, ceilingPolicy: CeilingPolicy.PER_WINDOW });
    expect(find(chart, 'HorizontalPodAutoscaler', 'web').spec.maxReplicas).toBe(90);
    expect(schedule.ceilingAt('2026-01-01T00:00:00Z')).toBe(15);
  });

  test('has the stated ceiling also where the keeper moves it, and events go no higher unasked', () => {
    for (const [ceiling, highest] of [[500, 90], [70, 70]]) {
      const chart = chartNamed('shop');
      const schedule = scheduleIn(chart, { target: autoscalerIn(chart), baseline: undefined, ceiling, ceilingPolicy: CeilingPolicy.PER_WINDOW });
      expect(find(chart, 'HorizontalPodAutoscaler', 'web').spec.maxReplicas).toBe(ceiling);
      expect(schedule.ceilingAt('2026-12-05T10:00:00+09:00')).toBe(highest);
    }
  });

  test('can be an autoscaler of the first API version', () => {
    const chart = chartNamed('shop');
    const target = new ApiObject(chart, 'Hpa', {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'old' },
      spec: {
        minReplicas: 2, maxReplicas: 12, targetCPUUtilizationPercentage: 50, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'old' },
      },
    });
    const schedule = scheduleIn(chart, {
      target,
      baseline: undefined,
      podCapacity: PodCapacity.requestsPerSecond(200),
      events: [{ event: MARATHON, demand: Demand.requestsPerSecond(15_000) }],
    });
    expect(schedule.floorAt('2026-12-05T10:00:00+09:00')).toBe(150);
  });

  test('can come from another release of cdk8s-plus', () => {
    const chart = chartNamed('shop');
    const deployment = new kplus32.Deployment(chart, 'Web', { metadata: { name: 'web' }, containers: [{ image: 'web:1', portNumber: 80 }] });
    const target = new kplus32.HorizontalPodAutoscaler(chart, 'Hpa', { metadata: { name: 'web' }, target: deployment, minReplicas: 4, maxReplicas: 15 });
    const schedule = scheduleIn(chart, { target, baseline: undefined });
    const { spec } = find(chart, 'HorizontalPodAutoscaler', 'web');
    expect(spec).not.toHaveProperty('minReplicas');
    expect(spec.maxReplicas).toBe(90);
    expect(schedule.baseline).toEqual({ floor: 4, ceiling: 90 });
  });

  test('can be an ApiObject without a floor of its own', () => {
    const chart = chartNamed('shop');
    const target = new ApiObject(chart, 'Hpa', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'raw' },
      spec: { maxReplicas: 12, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'raw-pods' } },
    });
    const schedule = scheduleIn(chart, { target, baseline: undefined });
    expect(schedule.baseline).toEqual({ floor: 1, ceiling: 90 });
    expect(schedule._plan.workload).toEqual({ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'raw-pods' });
    expect(find(chart, 'HorizontalPodAutoscaler', 'raw').spec).toEqual({
      maxReplicas: 90, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'raw-pods' },
    });
  });

  test('can be a ScaledObject of KEDA, whose fields have other names', () => {
    const chart = chartNamed('shop');
    const target = new ApiObject(chart, 'Scaled', {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name: 'scaled' },
      spec: {
        minReplicaCount: 2,
        maxReplicaCount: 30,
        scaleTargetRef: { name: 'worker' },
        triggers: [{ type: 'cpu', metricType: 'Utilization', metadata: { value: '50' } }],
      },
    });
    const schedule = scheduleIn(chart, {
      target,
      baseline: undefined,
      podCapacity: PodCapacity.requestsPerSecond(100),
      events: [{ event: MARATHON, demand: Demand.requestsPerSecond(2_000) }],
    });
    const { spec } = find(chart, 'ScaledObject', 'scaled');
    // KEDA's webhook refuses it without
    expect(spec.minReplicaCount).toBe(2);
    expect(spec.maxReplicaCount).toBe(60);
    expect(schedule.floorAt('2026-12-05T10:00:00+09:00')).toBe(40);
    expect(schedule._plan.workload).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'worker' });
  });

  test.each([
    ['autoscaling/v2', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }] }],
    ['autoscaling/v2', {
      metrics: [{ type: 'ContainerResource', containerResource: { name: 'cpu', container: 'web', target: { type: 'Utilization', averageUtilization: 60 } } }],
    }],
    ['autoscaling/v2beta2', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }] }],
    ['autoscaling/v2beta1', { metrics: [{ type: 'Resource', resource: { name: 'cpu', targetAverageUtilization: 60 } }] }],
    ['autoscaling/v1', { targetCPUUtilizationPercentage: 60 }],
  ])('is sized for its CPU target in the words of %s', (apiVersion, spec) => {
    const chart = chartNamed('shop');
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' };
    const target = new ApiObject(chart, 'Hpa', {
      apiVersion, kind: 'HorizontalPodAutoscaler', metadata: { name: 'queue' }, spec: { minReplicas: 2, maxReplicas: 10, scaleTargetRef, ...spec },
    });
    const schedule = scheduleIn(chart, {
      target,
      baseline: undefined,
      podCapacity: PodCapacity.requestsPerSecond(100),
      events: [{ event: MARATHON, demand: Demand.requestsPerSecond(3_000) }],
    });
    expect(schedule.floorAt('2026-12-05T10:00:00+09:00')).toBe(50);
  });

  test('may name its workload in a version that is no longer served, as an autoscaler does', () => {
    const chart = chartNamed('shop');
    const target = new ApiObject(chart, 'Hpa', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: { maxReplicas: 12, scaleTargetRef: { apiVersion: 'apps/v1beta2', kind: 'Deployment', name: 'web' } },
    });
    expect(scheduleIn(chart, { target, baseline: undefined })._plan.workload).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' });
  });

  test('is read and written in a version that is served, where that of its manifest no longer is', () => {
    const chart = chartNamed('shop');
    const target = new ApiObject(chart, 'Hpa', {
      apiVersion: 'autoscaling/v2beta2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec: { maxReplicas: 12, scaleTargetRef: { name: 'web' } },
    });
    expect(scheduleIn(chart, { target, baseline: undefined })._plan.target.apiVersion).toBe('autoscaling/v2');
  });

  test('needs no ceiling of its own, unless the keeper moves it', () => {
    const chartWith = (props: Partial<EventScaleScheduleProps>) => {
      const chart = chartNamed('shop');
      const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } };
      const target = new ApiObject(chart, 'Hpa', { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec });
      scheduleIn(chart, { target, ...props });
      return chart;
    };
    expect(() => chartWith({ baseline: { floor: 4 }, ceilingPolicy: CeilingPolicy.PER_WINDOW })).toThrow(
      "'baseline.ceiling' is required for HorizontalPodAutoscaler 'web', which has no 'maxReplicas' in its manifest; "
      + 'pass the floor and ceiling between events, such as { floor: 4, ceiling: 10 }');
    expect(find(chartWith({ baseline: undefined }), 'HorizontalPodAutoscaler', 'web').spec.maxReplicas).toBe(90);
    expect(find(chartWith({ baseline: { floor: 12 }, events: [] }), 'HorizontalPodAutoscaler', 'web').spec.maxReplicas).toBe(18);
  });

  test('can be a Deployment, which loses its replicas and has no ceiling', () => {
    const chart = chartNamed('shop');
    const target = new kplus.Deployment(chart, 'Web', { metadata: { name: 'web' }, replicas: 3, containers: [{ image: 'web:1', portNumber: 80 }] });
    const schedule = scheduleIn(chart, { target, baseline: undefined });
    expect(find(chart, 'Deployment', 'web').spec).not.toHaveProperty('replicas');
    expect(schedule.baseline).toEqual({ floor: 3 });
    expect(schedule._plan.openings[0]).toMatchObject({ floor: 60, ceiling: 60 });
  });

  test('is sized for the 80 % of CPU that the API server has it follow where it has no metrics', () => {
    for (const [version, metrics] of [['v2', undefined], ['v2', []], ['v1', undefined]] as const) {
      const chart = chartNamed('shop');
      const target = new ApiObject(chart, 'Hpa', {
        apiVersion: `autoscaling/${version}`,
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'bare' },
        spec: { maxReplicas: 12, metrics, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
      });
      const schedule = scheduleIn(chart, {
        target,
        baseline: undefined,
        podCapacity: PodCapacity.requestsPerSecond(50),
        events: [{ event: MARATHON, demand: Demand.requestsPerSecond(1_000) }],
      });
      expect(schedule.floorAt('2026-12-05T10:00:00+09:00')).toBe(25);
    }
  });

  test('a headroom that is not stated comes from its CPU target', () => {
    for (const [percent, floor] of [[70, 108], [50, 150]]) {
      const chart = chartNamed('shop');
      const schedule = scheduleIn(chart, {
        target: autoscalerIn(chart, { percent }),
        baseline: undefined,
        podCapacity: PodCapacity.requestsPerSecond(200),
        events: [{ event: MARATHON, demand: Demand.requestsPerSecond(15_000) }],
      });
      expect(schedule.floorAt('2026-12-05T10:00:00+09:00')).toBe(floor);
    }
  });
});

describe('a target known by name', () => {
  test('has a ceiling that moves with the windows', () => {
    const schedule = scheduleIn(chartNamed('shop'));
    expect(schedule.ceilingPolicy).toBe(CeilingPolicy.PER_WINDOW);
    expect([schedule.ceilingAt('2026-12-05T10:00:00+09:00'), schedule.ceilingAt('2026-12-06T10:00:00+09:00')]).toEqual([90, 20]);
  });

  test('has one ceiling all year on request, to which the keeper raises and from which it lowers nobody', () => {
    const planned = (props: Partial<EventScaleScheduleProps>) => scheduleIn(chartNamed('shop'), { ceilingPolicy: CeilingPolicy.FIXED, ...props })._plan;
    expect([planned({}).fixedCeiling, planned({ ceiling: 120 }).fixedCeiling]).toEqual([90, 120]);

    const wanted = planAt(planned({}), Date.parse('2026-12-06T10:00:00Z'));
    const live = { uid: '', resourceVersion: '', floor: 3, ownsFloor: true, ownsCeiling: false, ownsCeilingAlone: false, isDisabled: false };
    expect(decide(wanted, { ...live, ceiling: 20 }).write).toMatchObject({ ceiling: 90 });
    expect(decide(wanted, { ...live, ceiling: 200 }).write).toBeUndefined();
  });

  test('is watched through a Deployment of its name unless told otherwise', () => {
    const schedule = scheduleIn(chartNamed('shop'), { target: ScheduleTarget.fromAutoscalerName('api') });
    expect(schedule._plan.workload).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' });
  });

  test('can be named by any object with the three names', () => {
    const schedule = scheduleIn(chartNamed('shop'), { target: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', name: 'api' } });
    expect(schedule._plan).toMatchObject({ target: { apiVersion: 'autoscaling/v1' }, workload: { kind: 'Deployment', name: 'api' } });
  });
});

describe('events', () => {
  test('merge by maximum, also one that is added later', () => {
    const schedule = scheduleIn(chartNamed('shop'));
    schedule.addEvent({ ...openingAt('2026-12-05T02:00:00Z'), demand: Demand.replicas(80) });
    schedule.addEvent({ ...openingAt('2026-12-05T01:30:00Z', 'small'), demand: Demand.replicas(10) });
    expect(['08:59', '09:00', '11:59', '12:00'].map(time => schedule.floorAt(`2026-12-05T${time}:00+09:00`))).toEqual([60, 80, 80, 3]);
    expect(schedule.events.map(({ event }) => event.id)).toEqual(['marathon', 'extra', 'small']);
  });

  test('are handed out as a copy', () => {
    const schedule = scheduleIn(chartNamed('shop'));
    schedule.events.pop();
    expect(schedule.events).toHaveLength(1);
  });

  test('can be shared by services, each with its own demand', () => {
    const chart = chartNamed('shop');
    const floors = [40, 60].map((count, i) => scheduleIn(chart, {
      target: ScheduleTarget.fromAutoscalerName(`s${i}`), events: [{ event: MARATHON, demand: Demand.replicas(count) }],
    }, `s${i}`).floorAt('2026-12-05T10:00:00+09:00'));
    expect(floors).toEqual([40, 60]);
  });

  test('that are shared have jobs at the times of each service\'s own window', () => {
    const chart = chartNamed('shop');
    const lines = [1, 2].map(hours => {
      scheduleIn(chart, {
        target: ScheduleTarget.fromAutoscalerName(`s${hours}`), events: [{ event: MARATHON, demand: Demand.replicas(40), hold: Duration.hours(hours) }],
      }, `s${hours}`);
      return find(chart, 'CronJob', `s${hours}-marathon-drop`).spec.schedule;
    });
    expect(lines).toEqual(['0 11 5 12 *', '0 12 5 12 *']);
  });

  test('take each window field from the scheduled event, else the event, else the schedule, else the default', () => {
    const event = OpeningEvent.once('layers', { at: '2026-12-05T12:00:00Z', hold: Duration.hours(2) });
    const schedule = scheduleIn(chartNamed('shop'), {
      defaultWindow: { lead: Duration.hours(5), hold: Duration.hours(5), readyMargin: Duration.minutes(20) },
      events: [{ event, demand: Demand.replicas(30), lead: Duration.hours(1) }],
    });
    expect(schedule._plan.openings[0]).toMatchObject({
      readyBy: Date.parse('2026-12-05T11:40:00Z'),
      windows: [{ from: Date.parse('2026-12-05T11:00:00Z'), until: Date.parse('2026-12-05T14:00:00Z') }],
    });
  });

  test('can need more on single dates', () => {
    const fridays = OpeningEvent.weekly('friday', {
      on: [Weekday.FRIDAY], time: '20:00', timeZone: 'Asia/Seoul', firstDate: '2027-03-05', lastDate: '2027-03-19',
    });
    const schedule = scheduleIn(chartNamed('shop'), {
      podCapacity: PodCapacity.requestsPerSecond(2_000),
      events: [{ event: fridays, demand: Demand.requestsPerSecond(20_000), demandOn: { '2027-03-19': Demand.requestsPerSecond(90_000) } }],
    });
    expect(['05', '12', '19'].map(day => schedule.floorAt(`2027-03-${day}T20:00:00+09:00`))).toEqual([15, 15, 65]);
  });

  test('of a season are three CronJobs', () => {
    const chart = chartNamed('shop');
    const daily = OpeningEvent.daily('daily', { time: '20:00', timeZone: 'Asia/Seoul', firstDate: '2027-01-01', lastDate: '2027-12-31' });
    scheduleIn(chart, { events: [{ event: daily, demand: Demand.replicas(30) }] });
    expect(namesOf(chart).filter(name => name.includes('daily'))).toHaveLength(3);
  });
});

describe('refuses', () => {
  test.each<[string, Partial<EventScaleScheduleProps>, string]>([
    ['a target by name without a baseline', { baseline: undefined },
      "'baseline' is required for HorizontalPodAutoscaler 'payment-hpa', which is known by name only; pass the floor and ceiling between events"],
    ['a baseline floor below zero', { baseline: { floor: -1, ceiling: 20 } }, "'baseline.floor' must be a whole number of at least 0, got -1"],
    ['a baseline floor of a half', { baseline: { floor: 1.5, ceiling: 20 } }, "'baseline.floor' must be a whole number of at least 0, got 1.5"],
    ['a baseline ceiling without end', { baseline: { floor: 1, ceiling: Infinity } }, "'baseline.ceiling' must be a whole number of at least 1, got Infinity"],
    ['a baseline with its floor above its ceiling', { baseline: { floor: 30, ceiling: 20 } }, "'baseline.ceiling' (20) must be at least its floor (30)"],
    ['a ceiling below the baseline', { ceiling: 2, ceilingPolicy: CeilingPolicy.FIXED }, "'ceiling' (2) must be at least the baseline's floor (3); it is in force all year"],
    ['a ceiling between events where there is one all year', { baseline: BASELINE, ceilingPolicy: CeilingPolicy.FIXED },
      "'baseline.ceiling' (20) has no meaning for HorizontalPodAutoscaler 'payment-hpa', whose ceiling is the same all year (CeilingPolicy.FIXED); leave it out, "
      + "pass 'ceiling' to choose the ceiling of all year, or pass ceilingPolicy: CeilingPolicy.PER_WINDOW to have 20 between events"],
    ['a ceiling between events where nothing scales beyond the floor', { target: ScheduleTarget.fromDeploymentName('web'), baseline: BASELINE },
      "'baseline.ceiling' (20) has no meaning for Deployment 'web', which no autoscaler scales beyond the floor; leave it out"],
    ['no ceiling between events where it moves and no manifest says one', { baseline: { floor: 8 } },
      "'baseline.ceiling' is required for HorizontalPodAutoscaler 'payment-hpa', which is known by name only and whose ceiling moves with each window; "
      + 'pass the floor and ceiling between events, such as { floor: 8, ceiling: 12 }'],
    ['a ceiling all year where the keeper moves it with the windows', { ceiling: 100 },
      "'ceiling' (100) has no meaning for HorizontalPodAutoscaler 'payment-hpa', which is known by name and whose ceiling moves with each window; "
      + 'pass ceilingPolicy: CeilingPolicy.FIXED'],
    ['a ceiling all year where nothing scales beyond the floor', { target: ScheduleTarget.fromDeploymentName('web'), ceiling: 100 },
      "'ceiling' (100) has no meaning for Deployment 'web', which no autoscaler scales beyond the floor; leave it out"],
    ['a number as a string', { baseline: { floor: '2' as any, ceiling: 20 } }, "'baseline.floor' must be a whole number of at least 0, got '2' (a string)"],
    ['an empty keeper image', { keeper: { image: '' } }, "'keeper.image' is empty; pass an image with a tag that does not move, or a digest"],
    ['a number for a duration', { startupTime: 45 as any }, "'startupTime' must be a Duration, such as Duration.minutes(30), got 45"],
    ['a text for a duration', { events: [{ event: MARATHON, demand: Demand.replicas(60), lead: '2h' as any }] },
      "event 'marathon': 'lead' must be a Duration, such as Duration.minutes(30), got '2h' (a string)"],
    ['a number for a capacity', { podCapacity: 200 as any }, "'podCapacity' must be a PodCapacity, such as PodCapacity.requestsPerSecond(200), got 200"],
    ['no target', { target: undefined }, "'target' is missing"],
    ['no event', { events: [{ demand: Demand.replicas(5) } as any] },
      "'event' of scheduled event 1 must be an OpeningEvent, such as OpeningEvent.once('marathon', ...), got undefined"],
    ['a demand that is none', { events: [{ event: MARATHON, demand: 60 as any }] },
      "event 'marathon': 'demand' must be a Demand, such as Demand.replicas(60), got 60"],
    ['no demand', { events: [{ event: MARATHON } as any] }, "event 'marathon': 'demand' is missing"],
    ['a demand on a date that is none', { events: [{ event: MARATHON, demand: Demand.replicas(60), demandOn: { '2026-12-05': 80 as any } }] },
      "event 'marathon': 'demandOn['2026-12-05']' must be a Demand, such as Demand.replicas(60), got 80"],
    ['a name that is no DNS label', { name: 'Payment_API' }, "name 'Payment_API' must be a DNS label"],
    ['guards that are no number of pods', { keeper: { guards: 1.5 } }, "'keeper.guards' must be a whole number of at least 0, got 1.5"],
    ['a start-up in no time', { startupTime: Duration.seconds(0) }, "'startupTime' (0 seconds) must be longer than nothing"],
    ['a kind that the keeper cannot scale', { target: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent' } },
      "'target' is a DaemonSet of apps/v1; the keeper can scale HorizontalPodAutoscaler (autoscaling), ScaledObject (keda.sh), Deployment (apps)"],
    ['a kind of another group', { target: { apiVersion: 'acme.example/v1', kind: 'Deployment', name: 'web' } }, "'target' is a Deployment of acme.example/v1"],
    ['two events with one id', { events: [{ event: MARATHON, demand: Demand.replicas(5) }, { event: MARATHON, demand: Demand.replicas(6) }] },
      "event 'marathon' is scheduled twice"],
    ['requests per second without a capacity', { events: [{ event: MARATHON, demand: Demand.requestsPerSecond(15_000) }] },
      "event 'marathon': 'demand' is in requests per second, which needs to know what one pod serves; pass 'podCapacity'"],
    ['an event whose ceiling is below its floor', { events: [{ event: MARATHON, demand: Demand.replicas(60), ceiling: 40 }] },
      "event 'marathon': 'ceiling' (40) must be at least the floor (60)"],
    ['a fractional ceiling', { events: [{ event: MARATHON, demand: Demand.replicas(60), ceiling: 80.5 }] },
      "event 'marathon': 'ceiling' must be a whole number of at least 1, got 80.5"],
    ['an event above the stated ceiling', { ceiling: 70, ceilingPolicy: CeilingPolicy.FIXED, events: [{ event: MARATHON, demand: Demand.replicas(60), ceiling: 80 }] },
      "event 'marathon': 'ceiling' (80) must be at most the 'ceiling' of the service (70)"],
    ['a floor above the stated ceiling', { ceiling: 50, ceilingPolicy: CeilingPolicy.FIXED }, "event 'marathon': 'ceiling' of the service (50) must be at least the floor of this event (60)"],
    ['a ceiling where nothing scales beyond the floor',
      { target: ScheduleTarget.fromDeploymentName('web'), events: [{ event: MARATHON, demand: Demand.replicas(60), ceiling: 80 }] },
      "event 'marathon': 'ceiling' (80) has no meaning where no autoscaler scales beyond the floor; leave it out"],
    ['a demand on a date without an opening',
      { events: [{ event: MARATHON, demand: Demand.replicas(60), demandOn: { '2026-12-06': Demand.replicas(80) } }] },
      "event 'marathon': 'demandOn' has '2026-12-06', which is no date of an opening; there is one: 2026-12-05"],
    ['a lead that is shorter than ready margin and start-up', {
      startupTime: Duration.minutes(10),
      defaultWindow: {},
      events: [
        { event: MARATHON, demand: Demand.replicas(60), lead: Duration.minutes(20) },
      ],
    }, "event 'marathon': 'lead' (20 minutes) must be at least"],
  ])('%s', (_, props, message) => {
    const chart = chartNamed('shop');
    expect(() => scheduleIn(chart, props)).toThrow(`shop/payment: ${message}`);
    // checked before anything was defined
    expect(Testing.synth(chart)).toEqual([]);
  });

  test('an added event that is wrong, and stays as it was', () => {
    const chart = chartNamed('shop');
    const schedule = scheduleIn(chart);
    const before = Testing.synth(chart);
    expect(() => schedule.addEvent({ event: MARATHON, demand: Demand.replicas(5) })).toThrow("event 'marathon' is scheduled twice");
    expect(() => schedule.addEvent({ ...openingAt('2026-12-24T10:00:00Z'), demand: Demand.requestsPerSecond(5) })).toThrow("event 'extra': 'demand'");
    expect(Testing.synth(chart)).toEqual(before);
  });

  test('in words that say which service it is, once, also later', () => {
    const schedule = scheduleIn(new Construct(chartNamed('shop'), 'squad'));
    const demandless = { event: OpeningEvent.once('late', { at: '2026-12-24T10:00:00Z' }), demand: Demand.requestsPerSecond(5) };
    expect(() => schedule.addEvent(demandless)).toThrow(/^shop\/squad\/payment: event 'late': 'demand' is in requests/);
    expect(() => schedule.jobsOf(demandless.event)).toThrow(/^shop\/squad\/payment: event 'late' is not scheduled here/);
    expect(() => schedule.floorAt('noon')).toThrow(/^shop\/squad\/payment: 'instant' \(noon\) is no date and time; write '2026-12-05T10:00:00\+09:00'$/);
  });

  test('a chart without a namespace', () => {
    expect(() => scheduleIn(Testing.chart())).toThrow("the chart has no namespace, which the rights of the jobs are bound to; write new Chart(..., 'test', { namespace: 'shop' })");
  });

  test('a second schedule on one target', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    expect(() => scheduleIn(chart, { name: 'other' }, 'other'))
      .toThrow(/^shop\/other: HorizontalPodAutoscaler 'payment-hpa' in namespace 'shop' has a schedule already, .*\/payment; add the events to that one by addEvent\(\)/);
  });

  test('a name that is taken in the namespace, not one that is taken in another', () => {
    const app = Testing.app();
    const [one, two] = ['one', 'two'].map(id => new Chart(app, id, { namespace: 'shop' }));
    scheduleIn(one);
    expect(() => scheduleIn(two, { target: ScheduleTarget.fromAutoscalerName('other') }))
      .toThrow("two/payment: the name 'payment' is taken in namespace 'shop' by one/payment; pass another 'name' (charts of different clusters need an App each)");
    expect(() => scheduleIn(new Chart(app, 'three', { namespace: 'elsewhere' }))).not.toThrow();
  });

  test('two jobs of one name, before and after shortening', () => {
    const chart = chartNamed('shop');
    const named = (name: string, event: string) => () => scheduleIn(chart, {
      name, target: ScheduleTarget.fromAutoscalerName(name), events: [openingAt('2026-12-05T10:00:00Z', event)],
    }, name);
    const long = 'x'.repeat(40);
    named('shop', `web-${long}`)();
    expect(named('shop-web', long)).toThrow(/^shop\/shop-web: the job 'shop-web-x+-[0-9a-f]{8}-bump' in namespace 'shop' would be that of .*\/shop too; choose another 'name' or event id/);
    named('a', 'b-c')();
    expect(named('a-b', 'c')).toThrow("the job 'a-b-c-bump' in namespace 'shop' would be that of");
  });

  test('a target made of something that is no object of an app', () => {
    expect(() => ScheduleTarget.fromApiObject('web' as unknown as ApiObject)).toThrow(
      "'object' must be an ApiObject of this app, got 'web' (a string); pass ApiObject.of(construct), or name a target with fromAutoscalerName");
  });

  test('a rendered target in another namespace than the schedule', () => {
    const app = Testing.app();
    const target = autoscalerIn(new Chart(app, 'theirs', { namespace: 'theirs' }));
    expect(() => scheduleIn(new Chart(app, 'ours', { namespace: 'ours' }), { target }))
      .toThrow("'target' HorizontalPodAutoscaler 'web' is in namespace 'theirs', the schedule's chart in 'ours'; put the schedule into a chart of the target's namespace");
  });

  test.each([
    ['a ScaledObject', ScheduleTarget.fromScaledObjectName('payment'), { floor: 0, ceiling: 20 }],
    ['a Deployment', ScheduleTarget.fromDeploymentName('payment'), { floor: 0 }],
    ['a StatefulSet', ScheduleTarget.fromStatefulSetName('payment'), { floor: 0 }],
  ])('no baseline of 0 for %s', (_, target, baseline) => {
    expect(scheduleIn(chartNamed('shop'), { target, baseline }).baseline).toEqual(baseline);
  });

  test('no ScaledObject that goes to zero between events', () => {
    const chart = chartNamed('shop');
    const target = new ApiObject(chart, 'Scaled', {
      apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'scaled' }, spec: { scaleTargetRef: { name: 'worker' } },
    });
    const schedule = scheduleIn(chart, { target, baseline: undefined });
    expect([schedule.baseline.floor, schedule.floorAt('2026-12-05T10:00:00+09:00'), find(chart, 'ScaledObject', 'scaled').spec.minReplicaCount]).toEqual([0, 60, 0]);
  });

  test.each([
    ['a ScaledObject', 'ScaledObject', "the workload 'proxy' is a ScaledObject, which has no pods of its own; a workload is a Deployment, StatefulSet, Rollout"],
    ['a kind that is misspelt', 'deployment', "the workload 'proxy' is a 'deployment', and no kind is spelt so: kinds begin with a capital letter, as in manifests"],
    ['a kind that nothing scales', 'DaemonSet', "the workload 'proxy' is a DaemonSet of apps/v1, which nothing scales"],
  ])('%s as the workload of a target', (_, kind, sentence) => {
    const workload = { apiVersion: kind === 'ScaledObject' ? 'keda.sh/v1alpha1' : 'apps/v1', kind, name: 'proxy' };
    expect(() => scheduleIn(chartNamed('shop'), { target: ScheduleTarget.fromAutoscalerName('hpa', { workload }) })).toThrow(sentence);
  });

  test('no workload of a kind of your own', () => {
    const workload = { apiVersion: 'example.com/v1', kind: 'Pool', name: 'pool' };
    expect(() => scheduleIn(chartNamed('shop'), { target: ScheduleTarget.fromAutoscalerName('hpa', { workload }) })).not.toThrow();
  });

  test('a second schedule for the pods of the first, by whatever target', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart, { target: ScheduleTarget.fromAutoscalerName('hpa', { workload: ScheduleTarget.fromDeploymentName('web') }) }, 'one');
    expect(() => scheduleIn(chart, { target: ScheduleTarget.fromDeploymentName('web'), baseline: { floor: 2 } }, 'two'))
      .toThrow("the pods of Deployment 'web' in namespace 'shop' are those of another schedule, shop/one, and each would undo the other's floor");
  });

  test('an autoscaler that KEDA makes of a ScaledObject of the app', () => {
    const chart = chartNamed('shop');
    new ApiObject(chart, 'Scaled', { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'web' }, spec: { scaleTargetRef: { name: 'web' } } });
    scheduleIn(chart, { target: ScheduleTarget.fromAutoscalerName('keda-hpa-web', { workload: ScheduleTarget.fromDeploymentName('web') }) });
    expect(() => Testing.synth(chart)).toThrow("HorizontalPodAutoscaler 'keda-hpa-web' is what KEDA makes of ScaledObject 'web' (shop/Scaled)");
  });

  test('a workload that an autoscaler of the app scales too, rendered or by name, at synth', () => {
    for (const isRendered of [true, false]) {
      const chart = chartNamed('shop');
      const { node } = autoscalerIn(chart);
      expect(node.path).toBe('shop/Hpa');
      const target = isRendered ? chart.node.findChild('Web') as kplus.Deployment : ScheduleTarget.fromDeploymentName('web');
      scheduleIn(chart, { target });
      expect(() => Testing.synth(chart)).toThrow("[shop/payment] Deployment 'web' is scaled by HorizontalPodAutoscaler 'web' (shop/Hpa/Resource) too, "
        + "which would take its floor back; pass that one as 'target'");
    }
  });

  test('an autoscaler that was added between two synths, with one look at the app in each, however many workloads have schedules', () => {
    const chart = chartNamed('shop');
    const autoscaler = ApiObject.of(autoscalerIn(chart));
    const looks = jest.spyOn(autoscaler, 'toJson');
    const names = Array.from({ length: 20 }, (_, i) => `db-${i}`);
    names.forEach(name => scheduleIn(chart, { target: ScheduleTarget.fromStatefulSetName(name), events: [] }, name));
    Testing.synth(chart);
    // the other one is that of cdk8s
    expect(looks).toHaveBeenCalledTimes(2);
    new ApiObject(chart, 'New', {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name: 'new' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db-7' } },
    });
    expect(() => Testing.synth(chart)).toThrow("[shop/db-7] StatefulSet 'db-7' is scaled by ScaledObject 'new' (shop/New) too");
  });

  test('not a workload that an autoscaler of another name, kind or namespace scales', () => {
    const app = Testing.app();
    autoscalerIn(new Chart(app, 'theirs', { namespace: 'theirs' }));
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    autoscalerIn(chart);
    scheduleIn(chart, { target: ScheduleTarget.fromStatefulSetName('web') });
    scheduleIn(chart, { target: ScheduleTarget.fromDeploymentName('other') }, 'other');
    expect(() => Testing.synth(chart)).not.toThrow();
  });

  test('a name that another object of the app has, at synth', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    new kplus.ConfigMap(chart, 'Theirs', { metadata: { name: 'payment-prewarm' } });
    expect(() => Testing.synth(chart)).toThrow(
      /ConfigMap 'payment-prewarm' in namespace 'shop' is rendered twice, by .*payment\/Config\/Resource and .*Theirs\/Resource; name one of them differently/);
  });

  test('what two others do to each other is none of our business', () => {
    const chart = chartNamed('shop');
    scheduleIn(chart);
    ['A', 'B'].forEach(id => new kplus.ConfigMap(chart, id, { metadata: { name: 'theirs' } }));
    expect(() => Testing.synth(chart)).not.toThrow();
  });

  test('a plan that kubectl apply could not hold', () => {
    const chart = chartNamed('shop');
    const event = OpeningEvent.daily('daily', { time: '20:00', timeZone: 'UTC', firstDate: '2027-01-01', lastDate: '2031-12-31' });
    // no two dates ask for the same
    const demandOn = Object.fromEntries(event._occurrences.map(({ date }, i) => [date, Demand.replicas(i + 10)]));
    scheduleIn(chart, { events: [{ event, demand: Demand.replicas(5), demandOn }] });
    expect(() => Testing.synth(chart)).toThrow(
      /ConfigMap 'payment-prewarm' would have \d+ KB, more than the 200 KB that 'kubectl apply' can hold; schedule fewer than 1826 openings at a time \(from 2027-01-01T20:00:00Z on\)/);
  });

  test('a wall time in floorAt', () => {
    expect(() => scheduleIn(chartNamed('shop')).floorAt('2026-12-05T10:00'))
      .toThrow(/'instant' \(2026-12-05T10:00\) has no offset; write '2026-12-05T10:00:00\+09:00'$/);
  });

  test('a name that no object can have', () => {
    expect(() => ScheduleTarget.fromAutoscalerName('Payment HPA')).toThrow("'Payment HPA' cannot be the name of a HorizontalPodAutoscaler");
  });
});

/** The payment API of the examples, with what a test is about. */
function scheduleIn(scope: Construct, props: Partial<EventScaleScheduleProps> = {}, id: string = 'payment'): EventScaleSchedule {
  return new EventScaleSchedule(scope, id, {
    target: ScheduleTarget.fromAutoscalerName('payment-hpa', { workload: ScheduleTarget.fromDeploymentName('payment-api') }),
    baseline: movesCeiling(props) ? BASELINE : { floor: BASELINE.floor },
    events: [{ event: MARATHON, demand: Demand.replicas(60) }],
    ...props,
  });
}

function movesCeiling({ target, ceilingPolicy }: Partial<EventScaleScheduleProps>): boolean {
  const isByName = target === undefined || !Construct.isConstruct(target);
  const hasCeiling = target === undefined || ['HorizontalPodAutoscaler', 'ScaledObject'].includes(target.kind);
  return hasCeiling && ceilingPolicy !== CeilingPolicy.FIXED && (isByName || ceilingPolicy !== undefined);
}

function autoscalerIn(chart: Chart, { image = 'web:1', percent = 70 }: { image?: string; percent?: number } = {}): kplus.HorizontalPodAutoscaler {
  const target = new kplus.Deployment(chart, 'Web', { metadata: { name: 'web' }, containers: [{ image, portNumber: 80 }] });
  return new kplus.HorizontalPodAutoscaler(chart, 'Hpa', {
    metadata: { name: 'web' },
    target,
    minReplicas: 4,
    maxReplicas: 15,
    metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(percent))],
  });
}

function openingAt(at: string, id: string = 'extra'): ScheduledEvent {
  return { event: OpeningEvent.once(id, { at }), demand: Demand.replicas(30) };
}

function armIn(chart: Chart): any {
  return Testing.synth(chart).find(({ kind }) => kind === 'Job');
}

function podOf({ spec }: any): any {
  return (spec.jobTemplate?.spec ?? spec).template.spec;
}
