import {
  EVENT, NOVEMBER, NOW, PLAN, Standing, cronJob, failed, guardPod, hpa, job, jobPod, kubeObject, refused, registration,
} from './fake-cluster';
import { status, unwrapped } from './status-of';
import { managerName } from '../../src/core/plan/names';

describe('no-go, exit code 1', () => {
  const noGo = async (standing: Standing) => {
    const { exitCode, out } = await status(registration(standing));
    expect(exitCode).toBe(1);
    expect(out).toContain('NO-GO registration (namespace marathon)');
    expect(out).toMatch(/no-go: 1 of 1 service$/);
    return unwrapped(out);
  };

  test('pods that are missing from the ready margin on, with reasons', async () => {
    expect(await noGo({ ready: 94, unschedulable: 9 }))
      .toContain('! 94 of 108 ready, 14 missing: 9 unschedulable (insufficient cpu), 5 not asked for (deployment registration stands at 103)');
  });

  test('pods that are missing before the ready margin and can no longer be Ready in time', async () => {
    expect(await noGo({ now: '2026-12-05T00:44:55Z', ready: 61 })).toContain(
      '! 61 of 108 ready, 47 missing: 47 not asked for (deployment registration stands at 61); '
      + 'the last can be Ready in 45s at best (start-up 45s), but is due in 5s');
  });

  test('pods that start one after the other and can no longer be Ready in time, half an hour ahead', async () => {
    const workload = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'registration' };
    const set = (spec: object) => kubeObject('StatefulSet', 'registration', {}, {
      spec: { replicas: 108, selector: { matchLabels: { app: 'registration' } }, ...spec },
    });
    const target = hpa(108, 162, managerName('registration')) as unknown as { spec: object };
    const scaling = { ...target, spec: { ...target.spec, scaleTargetRef: workload } } as never;
    const standing = { now: '2026-12-05T00:15:00Z', ready: 61, plan: { ...PLAN, workload } };
    expect(await noGo({ ...standing, more: [scaling, set({})] }))
      .toContain('the last can be Ready in 35m15s at best (start-up 45s, one after the other), but is due in 30m');
    expect((await status(registration({ ...standing, more: [scaling, set({ podManagementPolicy: 'Parallel' })] }))).exitCode).toBe(0);
  });

  test('a floor below the plan, and the command that puts it back', async () => {
    expect(await noGo({ floor: 2, owner: 'kubectl-patch', ready: 108 })).toContain(
      '! the floor is 2, 108 is asked for; this applies it: '
      + 'kubectl -n marathon create job --from=cronjob/registration-prewarm-repair registration-prewarm-repair-$(date +%s)');
  });

  test('a window that nobody guards', async () => {
    expect(await noGo({ guards: 0 })).toContain('! no guard runs (Deployment registration-prewarm-guards stands at 0, or is not there): nothing would put the floor back at once');
  });

  test('guards that are being taken away guard no longer', async () => {
    const leaving = ['guard-0', 'guard-1'].map(name => {
      const pod = guardPod(name, { phase: 'Running' });
      return { ...pod, metadata: { ...pod.metadata, deletionTimestamp: NOW } };
    });
    expect(await noGo({ more: leaving })).toContain('! no guard runs');
  });

  const beside = (keeper: object) => ({
    phase: 'Running', containerStatuses: [{ name: 'consul-dataplane', state: { running: {} } }, { name: 'keeper', state: keeper }],
  });

  test('guards whose keepers have ended while a container beside them keeps their pods', async () => {
    const ended = beside({ terminated: { exitCode: 0 } });
    const bump = [job('bump', 'registration-bump-1', '2026-12-04T22:00:00Z', {}), jobPod('bump', 'registration-bump-1', 'bump-0', ended)];
    const out = await noGo({ more: [...['guard-0', 'guard-1'].map(name => guardPod(name, ended)), ...bump] });
    expect(out).toContain('! no guard runs');
    expect(out).toContain(
      ': its keeper has ended, but container consul-dataplane beside it has not; keep such containers out of the pods of jobs');
  });

  test('an arm that failed beside a container that has not, in the words of the keeper', async () => {
    const message = 'may not patch horizontalpodautoscalers/registration in namespace marathon';
    expect(await noGo({
      more: [
        job('arm', 'registration-arm-9f8e7d6c', '2026-11-29T01:00:00Z', {}),
        jobPod('arm', 'registration-arm-9f8e7d6c', 'arm-pod', {
          phase: 'Running',
          containerStatuses: [
            { name: 'consul-dataplane', state: { running: {} } },
            { name: 'keeper', state: { terminated: { exitCode: 1, message: JSON.stringify({ message }) } } },
          ],
        }),
      ],
    })).toContain(`! arm has not finished: ${message}`);
  });

  test('a live target that scales another workload', async () => {
    const target = hpa(108, 162, managerName('registration')) as unknown as { spec: object };
    const more = [{ ...target, spec: { ...target.spec, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'registration-web' } } }];
    expect(await noGo({ more: more as never })).toContain(
      '! HorizontalPodAutoscaler registration scales Deployment registration-web, the plan counts the pods of Deployment registration; '
      + 'give the schedule the workload that is scaled, and deploy again');
  });

  test('a target or a workload that is not there', async () => {
    const target = hpa(1, 1, 'kubectl');
    expect(await noGo({ more: [{ ...target, metadata: { ...target.metadata, name: 'other' } }], without: ['registration'] }))
      .toContain('! HorizontalPodAutoscaler registration is not there: deploy it ! Deployment registration is not there: deploy it');
  });

  test('a workload at 0, where the autoscaler does nothing', async () => {
    const disabled = { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' };
    expect(await noGo({ ready: 0, floor: 108, more: [hpa(108, 162, managerName('registration'), [disabled])] }))
      .toContain('! Deployment registration stands at 0, which disables the autoscaler; this raises it:');
  });

  test('a workload at 0 between windows, where no run of ours raises it', async () => {
    expect(await noGo({ now: NOVEMBER, floor: 2, ready: 0 })).toContain(
      '! Deployment registration stands at 0, which disables the autoscaler until the next window; this raises it: '
      + 'kubectl -n marathon scale deployment/registration --replicas=2');
  });

  test('a floor below the plan where none of the jobs is there that would raise it', async () => {
    const without = ['registration-prewarm-repair', ...['bump', 'drop'].map(role => `registration-${EVENT}-${role}`)];
    expect(await noGo({ floor: 2, owner: 'kubectl-patch', ready: 108, without }))
      .toContain('! the floor is 2, 108 is asked for; deploy again: none of the jobs that would apply it is there');
  });

  test('a target of a kind that this release does not know, whose other facts are told all the same', async () => {
    const target = { apiVersion: 'example.org/v1', kind: 'FloorSet', name: 'registration' };
    const out = await noGo({ plan: { ...PLAN, target }, more: [kubeObject('FloorSet', 'registration', {}, {})] });
    expect(out).toContain('! FloorSet is no kind that has a floor; this program knows HorizontalPodAutoscaler, ');
    expect(out).toContain('ready 108 of 108');
  });

  test('an arm that failed, in the words of its pod', async () => {
    const message = 'may not patch horizontalpodautoscalers/registration in namespace marathon';
    expect(await noGo({
      now: NOVEMBER,
      floor: 2,
      more: [
        job('arm', 'registration-arm-9f8e7d6c', '2026-11-29T01:00:00Z', failed('2026-11-29T01:02:00Z')),
        jobPod('arm', 'registration-arm-9f8e7d6c', 'arm-pod', {
          phase: 'Failed',
          containerStatuses: [{ state: { terminated: { exitCode: 1, message: `{"did":"waiting"}\n${JSON.stringify({ did: 'failed', message })}\n` } } }],
        }),
      ],
    })).toContain(`! arm failed: ${message}`);
  });

  describe('a fight over the floor', () => {
    const fought = (lastTimestamp: string, name = 'registration') => [writtenAt(lastTimestamp), kubeObject('Event', `${name}.${lastTimestamp}`, {}, {
      involvedObject: { kind: 'HorizontalPodAutoscaler', name }, reason: 'FloorFought', lastTimestamp, message: 'nightly takes the floor down again and again',
    })];

    test('that was told within two minutes, though the floor is right now', async () => {
      expect(await noGo({ more: fought('2026-12-05T00:45:20Z') })).toContain('! nightly takes the floor down again and again (told 1m40s ago)');
    });

    test.each([
      ['longer ago', fought('2026-12-05T00:44:59Z'), NOW], ['of another service', fought('2026-12-05T00:46:30Z', 'queue'), NOW],
      ['before the windows', fought('2026-11-30T02:59:30Z'), NOVEMBER],
    ])('that was told %s is none', async (_, events, now) => {
      expect((await status(registration({ now, more: events }))).exitCode).toBe(0);
    });
  });

  const refusal = (kind: string, name: string, message: string, lastTimestamp = NOW) => kubeObject('Event', `${name}-${lastTimestamp}`, {}, {
    involvedObject: { kind, name }, reason: 'FailedCreate', lastTimestamp, message,
  });
  const quota = 'Error creating: pods "registration-6f4d" is forbidden: exceeded quota: pods-of-marathon';

  test('an arm whose pod may not be created, in the words of the API server', async () => {
    expect(await noGo({
      more: [job('arm', 'registration-arm-9f8e7d6c', '2026-11-29T01:00:00Z', {}), refusal('Job', 'registration-arm-9f8e7d6c', quota)],
    })).toContain(`! arm has not finished: ${quota}`);
  });

  test.each(['StatefulSet', 'ReplicaSet'])('pods that may not be created for a %s, in the latest words of the API server', async kind => {
    const workload = { apiVersion: 'apps/v1', kind: kind === 'ReplicaSet' ? 'Deployment' : kind, name: 'registration' };
    const target = hpa(108, 162, managerName('registration')) as unknown as { spec: object };
    const name = kind === 'ReplicaSet' ? 'registration-6f4d' : 'registration';
    const more = [
      { ...target, spec: { ...target.spec, scaleTargetRef: workload } } as never,
      kubeObject(workload.kind, 'registration', {}, { spec: { replicas: 108, selector: { matchLabels: { app: 'registration' } } } }),
      refusal(kind, name, 'an older word', '2026-12-05T00:40:00Z'),
      refusal(kind, name, quota),
      refusal(kind, 'registration-web-6f4d', 'of another workload', '2026-12-05T00:48:00Z'),
    ];
    expect(await noGo({ ready: 94, plan: { ...PLAN, workload }, more })).toContain(`! 94 of 108 ready, 14 missing: 14 not created (${quota})`);
  });

  test('Events that may not be read: the rest is told all the same', async () => {
    const cluster = registration({ more: [job('arm', 'registration-arm-9f8e7d6c', '2026-11-29T01:00:00Z', {})] });
    cluster.answers.set('get events', refused('Error from server (Forbidden): events is forbidden: User "eve" cannot list resource "events"'));
    const { exitCode, out } = await status(cluster);
    expect(exitCode).toBe(1);
    expect(out).toContain('! arm has not finished\n');
  });

  test('an arm that waits for its image', async () => {
    expect(await noGo({
      now: NOVEMBER,
      floor: 2,
      more: [
        job('arm', 'registration-arm-9f8e7d6c', '2026-11-29T01:00:00Z', {}),
        jobPod('arm', 'registration-arm-9f8e7d6c', 'arm-pod', {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'True' }],
          containerStatuses: [{ image: 'node:22', state: { waiting: { reason: 'ImagePullBackOff' } } }],
        }),
      ],
    })).toContain('! arm has not finished: without image (ImagePullBackOff: node:22)');
  });

  test('a bump that is suspended or not there, days ahead', async () => {
    expect(await noGo({ now: NOVEMBER, floor: 2, more: [cronJob('bump', { schedule: '0 7 5 12 *', suspend: true })] })).toContain(
      `! CronJob registration-${EVENT}-bump is suspended, nothing raises the floor for ${EVENT} from Sat 2026-12-05 07:00 on; this resumes it: `
      + `kubectl -n marathon patch cronjob registration-${EVENT}-bump -p '{"spec":{"suspend":false}}'`);
    expect(await noGo({ now: NOVEMBER, floor: 2, without: [`registration-${EVENT}-bump`] }))
      .toContain(`! its bump is not there, nothing raises the floor for ${EVENT} from Sat 2026-12-05 07:00 on: deploy again`);
  });

  test('a plan of another version, whose live object is not even asked for', async () => {
    const cluster = registration({
      more: [kubeObject('ConfigMap', 'registration-prewarm', { labels: { 'cdk8s-prewarm/service': 'registration' } }, { data: { 'plan.json': '{"version":7}' } })],
    });
    const { exitCode, out } = await status(cluster);
    expect(exitCode).toBe(1);
    expect(out).toContain('! the plan has version 7, this program reads version 1');
    expect(cluster.calls.join('\n')).not.toContain('horizontalpodautoscaler.v2');
  });
});

/** The autoscaler, whose floor was written at an instant. */
function writtenAt(time: string): ReturnType<typeof hpa> {
  const target = hpa(108, 162, managerName('registration'));
  const managedFields = [{ manager: managerName('registration'), time, fieldsV1: { 'f:spec': { 'f:minReplicas': {} } } }];
  return { ...target, metadata: { ...target.metadata, managedFields } };
}
