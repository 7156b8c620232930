import { Duration, Testing } from 'cdk8s';
import { DAY, HOUR, MARATHON, MINUTE, NOW, configMap, deployed, keeperObjects, openingAt, planOf } from './plans';
import { Demand, EventScaleSchedule, OpeningEvent, PrewarmedService, ScheduleTarget, Weekday } from '../../src';
import { textOf } from '../../src/core/finding';
import { Plan } from '../../src/core/plan/plan';
import { PlanFinding } from '../../src/manifests/finding';
import { findingsOf } from '../../src/manifests/findings';
import { chartIn } from '../support/charts';

const OPENS = MARATHON.openings[0].at;

/** All that one synth writes of a plan, with some of it changed; what becomes undefined is gone. */
function findingsIn(plan: Plan, change: (object: any) => any = object => object, { isExcerpt = false, now = NOW } = {}): PlanFinding[] {
  const objects = [configMap(plan), ...keeperObjects(plan)].map(object => change(structuredClone(object))).filter(object => object !== undefined);
  return findingsOf({ deployed: deployed(...objects), now, isExcerpt });
}

/** Severity, id and text of what is found where some of what the marathon's synth writes is changed. */
function found(change: (object: any) => any, isExcerpt = false): string[] {
  return findingsIn(MARATHON, change, { isExcerpt }).map(finding => `${finding.severity}: ${finding.id}: ${textOf(finding)}`);
}

/** Changes the object of one name. */
function of(name: string, change: (object: any) => void): (object: any) => any {
  return object => {
    if (object.metadata.name === name) {
      change(object);
    }
    return object;
  };
}

function without(...gone: readonly string[]): (object: any) => any {
  return object => gone.includes(object.kind) || gone.includes(object.metadata.name) ? undefined : object;
}

const BUMP = 'registration-seoul-marathon-bump';
const podOf = (job: any) => job.spec.jobTemplate.spec.template.spec;

test('what one synth writes is whole', () => {
  expect(findingsIn(MARATHON)).toEqual([]);
  expect(findingsIn({ ...MARATHON, guards: 0 })).toEqual([]);
});

test('what the constructs write is whole, for targets of all kinds', () => {
  const chart = chartIn('marathon');
  const event = OpeningEvent.weekly('friday', {
    on: [Weekday.FRIDAY], time: '20:00', timeZone: 'Europe/Berlin', firstDate: '2026-12-04', lastDate: '2027-06-25', lead: Duration.hours(1),
  });
  new PrewarmedService(chart, 'queue', { image: 'registry.example.com/queue:5.0.2', events: [{ event, demand: Demand.replicas(40) }] });
  const targets = [
    ScheduleTarget.fromAutoscalerName('hpa'), ScheduleTarget.fromScaledObjectName('keda'), ScheduleTarget.fromDeploymentName('deploy'),
    ScheduleTarget.fromStatefulSetName('sts'),
  ];
  for (const [i, target] of targets.entries()) {
    const keeper = { guards: i % 3, repair: i > 0 };
    new EventScaleSchedule(chart, `s${i}`, { target, baseline: { floor: 2, ...i < 2 ? { ceiling: 10 } : {} }, keeper, events: [{ event, demand: Demand.replicas(20) }] });
  }
  expect(findingsOf({ deployed: deployed(...Testing.synth(chart)), now: NOW, isExcerpt: false })).toEqual([]);
});

test('seasons, ramps and clock changes in any zone have their runs', () => {
  const zones = ['Asia/Seoul', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca'];
  const plans = zones.map(timeZone => planOf('web', Array.from({ length: 200 }, (_, day) => openingAt('daily', NOW + day * DAY, 40, {
    timeZone, leadMs: 3 * HOUR, rampUp: { overMs: HOUR, steps: 4 }, rampDown: { overMs: 30 * MINUTE, steps: 2 },
  }))));
  expect(plans.flatMap(plan => findingsIn(plan)).filter(({ id }) => id !== 'season-ends-soon')).toEqual([]);
});

// ---- jobs that are not there

test('manifests without CronJobs are an error, unless they are an excerpt on purpose', () => {
  expect(found(without('CronJob'))).toEqual(['error: job-missing: no CronJob of it is there: nothing raises or lowers its floor; '
    + 'apply all manifests of one synth; where these are a part of them, say so with --excerpt']);
  expect(found(without('CronJob', 'Job', 'Role', 'RoleBinding', 'ServiceAccount'), true)).toEqual([]);
});

test.each([
  [BUMP, "error: job-missing: no CronJob raises the floor for 'seoul-marathon'; apply all manifests of one synth"],
  ['registration-seoul-marathon-drop', "error: job-missing: no CronJob lowers the floor after 'seoul-marathon'; apply all manifests of one synth"],
  ['registration-seoul-marathon-verify', "warning: job-missing: no CronJob looks whether all is Ready before 'seoul-marathon'; apply all manifests of one synth"],
  ['registration-arm', 'warning: job-missing: no arm Job is there: nothing proves image and rights at a deploy, nor applies the plan then; apply all manifests of one synth'],
])("without '%s' it is missed", (name, text) => {
  expect(found(without(name))).toEqual([text]);
});

describe('the repair that all services of a chart share', () => {
  const chartWith = (change: (object: any) => any) => {
    const chart = chartIn('marathon');
    const event = OpeningEvent.once('sale', { at: '2027-01-08T10:00Z' });
    for (const name of ['queue', 'payment']) {
      new EventScaleSchedule(chart, name, {
        target: ScheduleTarget.fromAutoscalerName(name), baseline: { floor: 2, ceiling: 10 }, events: [{ event, demand: Demand.replicas(20) }],
      });
    }
    const objects = Testing.synth(chart).map(change).filter(object => object !== undefined);
    return findingsOf({ deployed: deployed(...objects), now: NOW, isExcerpt: false }).map(finding => `${finding.severity}: ${finding.id}: ${textOf(finding)}`);
  };

  test('is missed where plans name it', () => {
    expect(chartWith(object => object.kind === 'CronJob' && object.metadata.name === 'queue-prewarm-repair' ? undefined : object)).toEqual([
      "warning: job-missing: CronJob 'queue-prewarm-repair', which looks every ten minutes between events, is not there; alike in 'marathon/queue'; "
      + 'apply all manifests of one synth',
    ]);
  });

  test('must list the services whose plans name it', () => {
    expect(chartWith(of('queue-prewarm-repair', object => {
      if (object.data) {
        object.data['repaired.json'] = object.data['repaired.json'].replace('"payment"', '"pay"');
      }
    }))).toEqual(["error: job-changed: CronJob 'queue-prewarm-repair' mounts a list of services (repaired.json) that lacks 'payment', whose plan names it; "
      + 'apply the manifests of one synth as they are']);
  });

  test('must have the rights for each of them', () => {
    expect(chartWith(of('queue-prewarm-repair', object => {
      if (object.kind === 'Role') {
        object.rules[0].resourceNames.pop();
      }
    }))).toEqual([expect.stringMatching(
      /^error: rights-missing: ServiceAccount 'queue-prewarm-repair' of its jobs may not get, patch horizontalpodautoscalers 'payment'; /)]);
  });

  test('is whole as it is written', () => {
    expect(chartWith(object => object)).toEqual([]);
  });
});

test('a service whose openings are past needs no jobs', () => {
  expect(findingsIn(MARATHON, without('CronJob', 'Job'), { now: OPENS + DAY }).map(({ id }) => id)).toEqual(['nothing-ahead']);
});

test('a suspended job is found where it says so', () => {
  expect(found(of(BUMP, job => { job.spec.suspend = true; })))
    .toEqual([`error: job-suspended: CronJob '${BUMP}' is suspended and will not run; take 'suspend' out`]);
});

// ---- jobs that run at another time

test('a bump that runs an hour late is an error that names both times and the right line', () => {
  expect(found(of(BUMP, job => { job.spec.schedule = '*/5 8-11 5 12 *'; }))).toEqual([
    `error: run-missing: CronJob '${BUMP}' with '*/5 8-11 5 12 *' in Asia/Seoul does not run when the floor rises for 'seoul-marathon', `
    + "Sat 2026-12-05 07:00, but Sat 2026-12-05 08:00; apply the manifests of one synth as they are: there it has '*/5 7-11 5 12 *' in Asia/Seoul",
  ]);
});

test('a bump whose time zone is gone runs nine hours late', () => {
  const [text, ...others] = found(of(BUMP, job => { delete job.spec.timeZone; }));
  expect(text).toContain("with '*/5 7-11 5 12 *' in UTC does not run when the floor rises for 'seoul-marathon', Sat 2026-12-05 07:00, but Sat 2026-12-05 16:00");
  expect(others).toEqual([]);
});

test('a line that never comes again says so', () => {
  expect(found(of('registration-seoul-marathon-drop', job => { job.spec.schedule = '0 12 30 2 *'; }))[0])
    .toMatch(/^error: run-missing: .* does not run when the floor falls after 'seoul-marathon', Sat 2026-12-05 12:00, nor ever after; /);
});

test('a verify at another time is a warning', () => {
  expect(found(of('registration-seoul-marathon-verify', job => { job.spec.schedule = '46 9 5 12 *'; }))).toEqual([]);
  expect(found(of('registration-seoul-marathon-verify', job => { job.spec.schedule = '47 9 5 12 *'; }))[0]).toMatch(/^warning: run-missing: /);
});

test('a bump may start up to five minutes before a rise, and waits', () => {
  expect(found(of(BUMP, job => { job.spec.schedule = '55 6 5 12 *'; }))).toEqual([]);
  expect(found(of(BUMP, job => { job.spec.schedule = '54 6 5 12 *'; }))).toHaveLength(1);
});

test('of a season the first opening that is missed speaks for all', () => {
  const season = planOf('web', [12, 13, 14].map(days => openingAt('daily', OPENS + (days - 12) * DAY, 40)));
  const [finding, ...others] = findingsIn(season, of('web-daily-bump', job => { job.spec.schedule = '*/5 7-11 5 * *'; }))
    .filter(({ id }) => id === 'run-missing');
  expect(others).toEqual([]);
  expect(textOf(finding)).toContain('Sun 2026-12-06 07:00, but Tue 2027-01-05 07:00; 2 openings alike');
});

test('in the middle of a window only what is to come must be met', () => {
  const noBump = of(BUMP, job => { job.spec.schedule = '0 0 1 1 *'; });
  expect(findingsIn(MARATHON, noBump, { now: OPENS }).map(({ id }) => id)).toEqual([]);
});

test.each([
  ['schedule', 'every day', "'schedule: every day': "],
  ['schedule', undefined, "it has no 'schedule'"],
  ['schedule', 'TZ=Asia/Seoul 0 7 5 12 *', "'schedule: TZ=Asia/Seoul 0 7 5 12 *' has a time zone, which belongs into 'timeZone'"],
  ['timeZone', 'Asia/Soul', "'timeZone: Asia/Soul' is unknown; write an IANA time zone such as 'Asia/Seoul'"],
])("a '%s' of %s never runs", (field, value, text) => {
  const [finding, ...others] = findingsIn(MARATHON, of(BUMP, job => { job.spec[field] = value; }));
  expect(others).toEqual([]);
  expect([finding.id, finding.severity, finding.position?.file]).toEqual(['cron-invalid', 'error', `spec.${field}`]);
  expect(finding.sentence).toContain(`CronJob '${BUMP}' never runs: ${text}`);
});

// ---- jobs that do something else

test.each<[string, (pod: any) => void, string]>([
  ['another command', pod => { pod.containers[0].command = ['sleep', '1d']; }, "runs 'sleep 1d /opt/prewarm/keeper.js bump', and not the keeper"],
  ['no arguments', pod => { delete pod.containers[0].args; }, 'runs what its image runs, and not the keeper'],
  ['another role', pod => { pod.containers[0].args[1] = 'drop'; },
    "runs the keeper with 'drop --event seoul-marathon', and should with 'bump --event seoul-marathon'"],
  ['no mount', pod => { pod.containers[0].volumeMounts = []; }, 'mounts nothing at /opt/prewarm, where keeper and plan should be'],
  ['no volume', pod => { pod.volumes = []; }, "mounts no ConfigMap at /opt/prewarm, and its plan is in 'registration-prewarm'"],
  ["another's ConfigMap", pod => { pod.volumes[0].configMap.name = 'queue-prewarm'; },
    "mounts ConfigMap 'queue-prewarm' at /opt/prewarm, and its plan is in 'registration-prewarm'"],
  ['no token', pod => { pod.automountServiceAccountToken = false; }, 'mounts no token of its account, so the API server does not know the keeper'],
])('a job with %s is an error', (_, change, text) => {
  expect(found(of(BUMP, job => change(podOf(job))))).toEqual([
    `error: job-changed: CronJob '${BUMP}' ${text}; apply the manifests of one synth as they are`,
  ]);
});

test('a job that names node before the keeper, or has a container more, runs the keeper all the same', () => {
  expect(found(of(BUMP, job => { podOf(job).containers[0].command = ['/usr/local/bin/node', '--enable-source-maps']; }))).toEqual([]);
  expect(found(of(BUMP, job => { podOf(job).containers.unshift({ name: 'proxy', image: 'proxy:1' }); }))).toEqual([]);
});

test('a ConfigMap without the keeper is found at each job that mounts it, and told once', () => {
  expect(found(object => {
    delete object.data?.['keeper.js'];
    return object;
  })).toEqual([expect.stringMatching(/^error: job-changed: Job 'registration-arm' mounts ConfigMap 'registration-prewarm' without keeper\.js; 4 more alike; /)]);
});

// ---- rights

test.each([
  ['ServiceAccount', "ServiceAccount 'registration-prewarm' of its jobs is not there: their pods are not created"],
  ['RoleBinding', "no RoleBinding gives ServiceAccount 'registration-prewarm' of its jobs a Role: the keeper may do nothing"],
  ['Role', "Role 'registration-prewarm', which RoleBinding 'registration-prewarm' names, is not there: the keeper may do nothing"],
])('a %s that is not there is an error', (kind, text) => {
  expect(found(without(kind))).toEqual([`error: rights-missing: ${text}; apply all manifests of one synth as they are`]);
  expect(found(without(kind), true)).toEqual([]);
});

test('the program that all services of a chart share is missed where it is gone, empty, or must not be read', () => {
  const chart = chartIn('marathon');
  for (const name of ['queue', 'web']) {
    new EventScaleSchedule(chart, name, { target: ScheduleTarget.fromAutoscalerName(name), baseline: { floor: 2, ceiling: 10 } });
  }
  const foundIn = (change: (object: any) => any) => {
    const objects = Testing.synth(chart).map(object => change(structuredClone(object))).filter(object => object !== undefined);
    return findingsOf({ deployed: deployed(...objects), now: NOW, isExcerpt: false }).map(finding => textOf(finding));
  };
  expect(foundIn(without('queue-prewarm-keeper'))[0]).toContain("mounts ConfigMap 'queue-prewarm-keeper', which is not there");
  expect(foundIn(of('queue-prewarm-keeper', config => { config.data = {}; }))[0])
    .toContain("mounts ConfigMap 'queue-prewarm', 'queue-prewarm-keeper' without program.js");
  expect(foundIn(object => {
    if (object.kind === 'Role' && object.metadata.name === 'web-prewarm') {
      object.rules = object.rules.filter(({ resourceNames }: any) => resourceNames?.[0] !== 'queue-prewarm-keeper');
    }
    return object;
  })[0]).toContain("ServiceAccount 'web-prewarm' of its jobs may not get configmaps 'queue-prewarm-keeper'");
});

test('rules that lack a verb, a subresource or all names are an error that says what the keeper may not', () => {
  const rules = (change: (rules: any[]) => void) => found(object => {
    if (object.kind === 'Role') {
      change(object.rules);
    }
    return object;
  });
  expect(rules(([target]) => { target.verbs = ['get', 'watch']; })[0])
    .toContain("may not get, watch, patch horizontalpodautoscalers 'registration'; ");
  expect(rules(all => { all.splice(2, 1); })[0]).toContain("may not get, patch deployments/scale 'registration'; ");
  expect(rules(all => { all[6].resourceNames = ['web']; })[0]).toContain('may not list pods; ');
  expect(rules(all => { all.splice(0, all.length, { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }); })).toEqual([]);
});

test("a ClusterRole of the cluster's own may give anything", () => {
  expect(found(object => object.kind === 'Role' ? undefined
    : object.kind === 'RoleBinding' ? { ...object, roleRef: { ...object.roleRef, kind: 'ClusterRole', name: 'admin' } } : object)).toEqual([]);
});

describe('a calendar whose jobs wait', () => {
  const calendar = () => {
    const chart = chartIn('shop');
    const event = OpeningEvent.at('autumn', {
      openings: Array.from({ length: 60 }, (_, i) => ({ at: new Date(Date.parse('2027-01-01T00:00Z') + i * 43 * HOUR + i * 7 * MINUTE).toISOString() })),
    });
    new EventScaleSchedule(chart, 'payment', {
      target: ScheduleTarget.fromAutoscalerName('payment-hpa'),
      baseline: { floor: 3, ceiling: 20 },
      events: [{ event, demand: Demand.replicas(40), rampUp: { over: Duration.minutes(30) }, rampDown: { over: Duration.minutes(30) } }],
    });
    return Testing.synth(chart);
  };
  const JANUARY = Date.parse('2026-12-30T00:00Z');
  const missing = (objects: any[]) => findingsOf({ deployed: deployed(...objects), now: JANUARY, isExcerpt: false })
    .filter(({ id }) => id === 'run-missing').map(({ sentence }) => sentence);

  test('runs whenever the plan needs it', () => {
    expect(missing(calendar())).toEqual([]);
  });

  test('does not where its line was thinned', () => {
    const objects = calendar();
    objects.find(({ kind, metadata }) => kind === 'CronJob' && metadata.name === 'payment-autumn-bump').spec.schedule = '0 0 * * *';
    expect(missing(objects)).toEqual([expect.stringMatching(/^CronJob 'payment-autumn-bump' with '0 0 \* \* \*' in UTC does not run when the floor rises for 'autumn', Thu 2026-12-31 22:00/)]);
  });
});

test('more than 30 CronJobs of a service are told, with the way to three', () => {
  const many = (events: number) => {
    const chart = chartIn('shop');
    new EventScaleSchedule(chart, 'payment', {
      target: ScheduleTarget.fromAutoscalerName('payment-hpa'),
      baseline: { floor: 3, ceiling: 20 },
      keeper: { repair: false },
      events: Array.from({ length: events }, (_, i) => ({
        event: OpeningEvent.once(`sale-${i}`, { at: `2027-01-${String(i + 1).padStart(2, '0')}T10:00Z` }), demand: Demand.replicas(40),
      })),
    });
    return findingsOf({ deployed: deployed(...Testing.synth(chart)), now: NOW, isExcerpt: false })
      .filter(({ id }) => id === 'many-cron-jobs').map(textOf);
  };
  expect(many(10)).toEqual([]);
  expect(many(11)).toEqual([
    'it has 33 CronJobs, for 11 events; make its openings one event, with OpeningEvent.at, fromCsv or fromJson: three CronJobs, however many they are (docs/openings.md)',
  ]);
});
