import { NO_MEMORY } from '../../src/rehearsal/autoscaler/memory';
import { Sample } from '../../src/rehearsal/autoscaler/metrics';
import { reconcile } from '../../src/rehearsal/autoscaler/reconcile';
import { MetricSpec, defaultBehavior } from '../../src/rehearsal/autoscaler/spec';

const NOW = Date.parse('2026-12-05T01:00:00Z');

describe('pods whose metrics are missing', () => {
  // 6 of 10 are known
  const desired = (metric: MetricSpec, value: number) => reconcile({
    now: NOW,
    spec: { minReplicas: 1, maxReplicas: 100, metrics: [metric], behavior: defaultBehavior({ scaleDown: { stabilizationWindowSeconds: 0 } }) },
    replicas: 10,
    statusReplicas: 10,
    pods: [6, 4].map(count => ({ count, phase: 'Running', startedAt: NOW - 3_600_000, ready: true, readySince: NOW - 3_600_000 })),
    readings: [{ samples: [sample(value), undefined], requests: [1_000, 1_000] }],
    memory: NO_MEMORY,
  }).desired;
  const pods: MetricSpec = { type: 'Pods', name: 'requests', averageValue: 1_000 };
  const cpu: MetricSpec = { type: 'Resource', name: 'cpu', averageUtilization: 70 };

  test('change nothing where the others are exactly at the target', () => {
    expect(desired(pods, 1_000)).toBe(10);
    expect(desired(cpu, 700)).toBe(10);
  });

  test('count as idle on the way up', () => {
    // 6 x 3 over 10 pods is 1.8 of the target
    expect(desired(pods, 3_000)).toBe(18);
    // 6 x 210 % over 10 pods is 126 %, 1.8 times 70 %
    expect(desired(cpu, 2_100)).toBe(18);
  });

  test('hold pods back on the way down, as if they were at the target, or fully used', () => {
    // 6 x 0.2 + 4 x 1 is 5.2
    expect(desired(pods, 200)).toBe(6);
    // 6 x 14 % + 4 x 100 % over 10 pods is 48 %
    expect(desired(cpu, 140)).toBe(7);
  });
});

function sample(value: number): Sample {
  return { value, at: NOW - 10_000, windowMs: 15_000 };
}
