import { FakeCluster, NOVEMBER, PLAN, job, registration } from './fake-cluster';
import { prewarm } from './fake-io';

const OVERRIDE = 'registration-override';
const LATER = 'seoul-marathon 2026-12-05T10:00:00+09:00 -> 2026-12-05T10:30:00+09:00';

describe('in the window', () => {
  test('writes when it opens instead, and starts what has passed its minute', async () => {
    const cluster = registration();
    const { exitCode, out } = await postpone(cluster, ['--by', '30m']);
    expect(exitCode).toBe(0);
    expect(cluster.inputs).toEqual([{
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: OVERRIDE, namespace: 'marathon', labels: { 'cdk8s-prewarm/service': 'registration' } },
      data: { postponed: LATER },
    }]);
    expect(out.split('\n')).toEqual([
      'registration: seoul-marathon opens at 10:30 instead of 10:00; floor 108 from 07:00 until 12:30,',
      '  ready by 10:15',
      'its verify does not run now: started job registration-seoul-marathon-verify-6431620000',
    ]);
  });

  test('starts nothing where guards and verify run, which follow', async () => {
    const cluster = registration({ more: [job('verify', 'registration-verify-1', '2026-12-05T00:45:00Z', {})] });
    await postpone(cluster, ['--by', '30m']);
    expect(cluster.calls.filter(call => call.startsWith('create job'))).toEqual([]);
  });

  test('starts a guard where none runs', async () => {
    const cluster = registration({ guards: 0 });
    await postpone(cluster, ['--by', '30m']);
    expect(cluster.calls.some(call => call.endsWith('--from=cronjob/registration-seoul-marathon-bump'))).toBe(true);
  });

  test('adds to what it was postponed by before', async () => {
    const cluster = registration({ override: { postponed: LATER } });
    await postpone(cluster, ['--by', '15m']);
    expect(cluster.inputs[0].data).toEqual({ postponed: 'seoul-marathon 2026-12-05T10:00:00+09:00 -> 2026-12-05T10:45:00+09:00' });
  });

  test('leaves a floor that somebody asks for alone, and an override leaves it alone', async () => {
    const floor = { floor: '120', until: '2026-12-05T13:00:00+09:00' };
    const cluster = registration({ override: floor });
    await postpone(cluster, ['--by', '30m']);
    expect(cluster.inputs[0].data).toEqual({ ...floor, postponed: LATER });
    await prewarm(['override', 'registration', '-n', 'marathon', '--clear', '--no-wait'], { spawn: cluster.spawn, now: cluster.clock });
    expect(cluster.inputs[1].data).toEqual({ postponed: LATER });
    await prewarm(['override', 'registration', '-n', 'marathon', '--floor', '130', '--until', '13:00', '--no-wait'], { spawn: cluster.spawn, now: cluster.clock });
    expect(cluster.inputs[2].data).toEqual({ ...floor, floor: '130', postponed: LATER });
  });
});

test('long before, the jobs come by themselves', async () => {
  const cluster = registration({ now: NOVEMBER });
  const { out } = await postpone(cluster, ['--by', '1h']);
  expect(out).toContain('registration: seoul-marathon opens at Sat 2026-12-05 11:00 instead of Sat 2026-12-05 10:00');
  expect(cluster.calls.filter(call => call.startsWith('create job'))).toEqual([]);
});

test('--clear has it open as planned, and takes the object away', async () => {
  const cluster = registration({ override: { postponed: LATER } });
  const { out } = await postpone(cluster, ['--clear']);
  expect(cluster.calls).toContain(`delete configmap ${OVERRIDE}`);
  expect(out).toContain('registration: seoul-marathon opens at 10:00, as planned; floor 108 from 07:00 until 12:00');
});

test('status says so, and what takes it back', async () => {
  const cluster = registration({ override: { postponed: LATER } });
  const { out } = await prewarm(['status', '-n', 'marathon'], { spawn: cluster.spawn, now: cluster.clock });
  expect(out).toContain('seoul-marathon is postponed: it opens at 10:30 instead of 10:00');
  expect(out).toContain('prewarm postpone seoul-marathon -n marathon --clear');
  expect(out).toContain('108 ready by 10:15');
});

describe('refuses', () => {
  test.each([
    ['no span', [], 'it needs a span of whole minutes, such as --by 30m'],
    ['a span without unit', ['--by', '30'], '--by (30) needs a span of whole minutes, such as --by 30m'],
    ['seconds', ['--by', '90s'], '--by (90s) needs a span of whole minutes'],
    ['both', ['--by', '30m', '--clear'], '--clear has the event open when it was planned to, and goes with no --by'],
    ['more than its jobs stay', ['--by', '2h1m'],
      'seoul-marathon would open 2h1m later than planned, more than the 2h for which its jobs stay; change its time in the app and deploy that: docs/openings.md'],
  ])('%s', async (_, argv, message) => {
    const cluster = registration();
    const { exitCode, err } = await postpone(cluster, argv);
    expect([exitCode, cluster.inputs]).toEqual([2, []]);
    expect(err).toContain(message);
  });

  test('an event that nobody has ahead, with those that are', async () => {
    const { exitCode, err } = await prewarm(['postpone', 'tokyo', '-n', 'marathon', '--by', '30m'], { spawn: registration().spawn });
    expect([exitCode, err]).toEqual([2, "no service has an opening of 'tokyo' ahead; there is seoul-marathon"]);
  });
});

async function postpone(cluster: FakeCluster, argv: string[]) {
  return prewarm(['postpone', PLAN.openings[0].event, '-n', 'marathon', ...argv], { spawn: cluster.spawn, now: cluster.clock });
}
