import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventReasonOf } from '../../src/core/finding';
import { DECISION_FINDINGS } from '../../src/core/plan/decision-findings';
import { decodePlan, encodePlan } from '../../src/core/plan/document';
import { foughtWords } from '../../src/keeper/fight-pace';
import { KEEPER_FINDINGS } from '../../src/keeper/findings';
import { FakeCluster, NOVEMBER, PLAN, Standing, cronJob, failed, hpa, job, jobPod, kubeObject, refused, registration } from '../cli/fake-cluster';
import { prewarm } from '../cli/fake-io';
import { autoscaler } from '../keeper/fake-cluster';
import { HPA, Stage, opening, planOf } from '../keeper/harness';

const PAGE = readFileSync(join(__dirname, '../../docs/on-call.md'), 'utf8');

/** Each spoils a night in another way. */
const STANDINGS: readonly (Standing | FakeCluster)[] = [
  { floor: 2, owner: 'kubectl-patch' },
  { ready: 94, unschedulable: 9 },
  { now: '2026-12-05T01:01:00Z' },
  { guards: 0 },
  { more: [hpa(108, 162, 'cdk8s-prewarm-registration', [{ type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' }])], ready: 0 },
  { more: [job('arm', 'registration-arm-1a2b3c4d', '2026-11-25T01:00:00Z', failed('2026-11-25T01:00:20Z'))] },
  {
    more: [job('arm', 'registration-arm-1a2b3c4d', '2026-11-25T01:00:00Z', {}), jobPod('arm', 'registration-arm-1a2b3c4d', 'arm-1', {
      phase: 'Pending', containerStatuses: [{ name: 'keeper', image: 'node:22', state: { waiting: { reason: 'ImagePullBackOff' } } }],
    })],
  },
  { more: [kubeObject('ConfigMap', 'registration-prewarm', { labels: { 'cdk8s-prewarm/service': 'registration' } }, { data: { 'plan.json': '{"version":7}' } })] },
  { now: NOVEMBER, more: [cronJob('bump', { schedule: '*/5 7-11 5 12 *', timeZone: 'Asia/Seoul', suspend: true })] },
  { now: NOVEMBER, without: ['registration-seoul-marathon-bump'] },
  { floor: 150, owner: 'kubectl-patch' },
  { more: [hpa(108, 162, 'x', [{ type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' }])] },
  { more: [hpa(108, 162, 'x', [{ type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' }])] },
  { override: { floor: '120', until: '2026-12-04T13:00:00+09:00' } },
  { override: { floor: 'many' } },
  { override: { postponed: 'seoul-marathon 2026-12-05T10:00:00+09:00 -> 2026-12-05T10:30:00+09:00' } },
  { override: { floor: '20', until: '2026-12-05T13:00:00+09:00' }, floor: 20 },
  { now: NOVEMBER, plan: { ...PLAN, fixedCeiling: undefined } },
  { now: NOVEMBER, ready: 0 },
  { ready: 162 },
  { more: [desiring(162)] },
  { now: '2026-12-05T00:44:55Z', ready: 61 },
  { now: NOVEMBER, floor: 20, override: { floor: '20', until: '2026-12-05T08:00:00+09:00' } },
  {
    more: [kubeObject('HorizontalPodAutoscaler', 'registration', {}, {
      spec: { minReplicas: 108, maxReplicas: 162, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'registration-web' } },
    })],
  },
  {
    more: [kubeObject('HorizontalPodAutoscaler', 'registration', {
      managedFields: [{ manager: 'cdk8s-prewarm-registration', time: '2026-12-05T00:46:30Z', fieldsV1: { 'f:spec': { 'f:minReplicas': {} } } }],
    }, { spec: { minReplicas: 108, maxReplicas: 162 } }), kubeObject('Event', 'registration.fought', {}, {
      involvedObject: { kind: 'HorizontalPodAutoscaler', name: 'registration' },
      reason: 'FloorFought',
      lastTimestamp: '2026-12-05T00:46:30Z',
      message: foughtWords(['nightly-downscaler'], 'the floor'),
    })],
  },
  withoutKind(),
  { more: [{ ...hpa(25, 162, 'cdk8s-prewarm-registration'), apiVersion: 'autoscaling/v2', metadata: { ...hpa(25, 162, 'cdk8s-prewarm-registration').metadata, name: 'old' } }] },
];

/** The autoscaler, which asks for that many pods. */
function desiring(desiredReplicas: number): ReturnType<typeof hpa> {
  return { ...hpa(108, 162, 'cdk8s-prewarm-registration'), status: { desiredReplicas } } as never;
}

/** What is asked of others than now. */
const QUESTIONS: readonly { readonly standing: Standing; readonly more: readonly string[] }[] = [
  { standing: { now: '2026-12-05T00:59:30Z', ready: 94 }, more: ['--for', '10:00'] },
  { standing: {}, more: ['--freeze'] },
];

/** A queue whose target is of a kind that the cluster does not serve. */
function withoutKind(): FakeCluster {
  const target = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'queue' };
  const cluster = registration({
    more: [kubeObject('ConfigMap', 'queue-prewarm', { labels: { 'cdk8s-prewarm/service': 'queue' } }, { data: { 'plan.json': encodePlan({ ...PLAN, service: 'queue', target }) } })],
  });
  const answer = refused("error: the server doesn't have a resource type \"scaledobject\"");
  cluster.answers.set('get configmap/queue-override scaledobject', answer);
  cluster.answers.set('get scaledobject', answer);
  return cluster;
}

describe('Kubernetes Events', () => {
  const rows = rowsUnder('| reason | says | do |');
  const reasons = [...Object.keys(DECISION_FINDINGS), ...Object.keys(KEEPER_FINDINGS)].map(eventReasonOf);

  test('every reason that the keeper tells is on the page, and no other', () => {
    const listed = rows.filter(row => !row.includes('(of Kubernetes)')).flatMap(codeIn);
    expect(listed.sort()).toEqual(reasons.sort());
  });

  test('a reason that the text speaks of exists', () => {
    const spoken = [...PAGE.matchAll(/\(`([A-Z][A-Za-z]+)`\)/g)].map(([, reason]) => reason);
    expect(spoken.length).toBeGreaterThan(1);
    expect(spoken.filter(reason => !reasons.includes(reason))).toEqual([]);
  });
});

describe('what a failed job says', () => {
  // of a deploy, which is another program's word
  const sentences = rowsUnder('| sentence | do |').filter(row => !row.includes('(of a deploy)')).flatMap(codeIn);
  const real = failures();

  test.each(sentences)('%s', async sentence => {
    expect(await real).toContainEqual(expect.stringMatching(patternOf(sentence.replace('registration', 'queue').replace('marathon', 'shop'))));
  });
});

describe('what status says', () => {
  const asked = [...STANDINGS.map(standing => ({ standing, more: [] as string[] })), ...QUESTIONS];
  const real = Promise.all(asked.map(async ({ standing, more }) => {
    const cluster = standing instanceof FakeCluster ? standing : registration(standing);
    const { out } = await prewarm(['status', '-n', 'marathon', ...more], { spawn: cluster.spawn, now: cluster.clock });
    return out.replace(/\s+/g, ' ');
  }));

  test.each(rowsUnder('| it says | it means | do |').flatMap(codeIn))('%s', async sentence => {
    // without a dash before it, a line is a problem
    const line = patternOf(sentence).source.slice(1);
    const wanted = sentence.startsWith('- ') ? ` ${line}` : ` ! [^!]*${line}`;
    expect(await real).toContainEqual(expect.stringMatching(new RegExp(wanted)));
  });

  test('a go is shown as it is printed', async () => {
    const cluster = registration();
    const { out } = await prewarm(['status', '-n', 'marathon'], { spawn: cluster.spawn, now: cluster.clock, columns: 80 });
    expect(PAGE).toContain(`\`\`\`text\n${out}\n\`\`\``);
  });
});

/** First cells of the table under a head. */
function rowsUnder(head: string): string[] {
  const [, table] = PAGE.split(`${head}\n`);
  expect(table).toBeDefined();
  return table.split('\n\n')[0].split('\n').slice(1).map(row => row.split(' | ')[0]);
}

function codeIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
}

/** The beginning of a sentence; figures are examples, and `...` is whatever the case makes of it. */
function patternOf(sentence: string): RegExp {
  return new RegExp(`^${sentence.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\.\\.\\.', '.*').replace(/\d+/g, '\\d+')}`);
}

/** What jobs say when they fail, each for another reason. */
async function failures(): Promise<string[]> {
  const plan = planOf([opening('sale', { from: 0, at: 20, until: 30, readyBy: 5 }, 5)]);
  const failing = async (role: 'arm' | 'drop' | 'verify', spoil: (stage: Stage) => void) => {
    const stage = new Stage(plan);
    spoil(stage);
    return (await stage.run(role, { event: 'sale' })).message;
  };
  return [
    ...await Promise.all([
      failing('arm', ({ cluster }) => {
        cluster.fault = ({ method }) => method === 'PATCH' ? { kind: 'status', status: 403, message: 'User "sa" cannot patch resource "x"' } : undefined;
      }),
      failing('arm', ({ cluster }) => cluster.remove(HPA)),
      failing('arm', ({ cluster }) => cluster.apply(HPA, 'cdk8s-prewarm-old', { minReplicas: 7 })),
      failing('arm', ({ cluster }) => cluster.replace(HPA, autoscaler({ maxReplicas: 10, scaleTargetRef: { kind: 'Deployment', name: 'other' } }))),
      failing('drop', ({ cluster }) => {
        cluster.fault = () => ({ kind: 'refused' });
      }),
      failing('verify', () => undefined),
    ]),
    messageOf(() => decodePlan('{')),
  ];
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}
