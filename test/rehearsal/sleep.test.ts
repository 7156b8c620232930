import { cronJob } from './services';
import { rehearsedServiceOf } from '../../src/rehearsal/from-objects';
import { rehearse } from '../../src/rehearsal/rehearse';
import { HOUR, MINUTE, SECOND } from '../support/durations';
import { autoscaler, configMap, deployed, other } from '../support/objects';
import { openingAt, planOf } from '../support/plans';

const OPENING = Date.parse('2026-12-05T10:00:00+09:00');
const QUEUE = { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '100' } } };
const CONTAINERS = [{ name: 'app', image: 'web:1', resources: { requests: { cpu: '1', memory: '1Gi' } }, readinessProbe: { periodSeconds: 5 } }];

test('an autoscaler that sleeps between events has no pod until the window, and all of them at the opening', () => {
  const { prewarmed: { series, verify } } = play();
  expect(series.replicas[0]).toBe(0);
  expect(series.replicas[(OPENING - HOUR - series.from) / SECOND]).toBe(60);
  expect(verify).toMatchObject({ ok: true, says: '60 of 60 ready' });
});

test('it goes back to sleep after the window, when nothing is queued', () => {
  const { prewarmed: { series } } = play(2 * HOUR);
  expect(series.replicas[series.replicas.length - 1]).toBe(0);
});

/** A worker that is at 0 between events, with a floor of 60 from two hours before the opening to one hour after it. */
function play(untilMs = 10 * MINUTE) {
  const plan = planOf('web', [openingAt('sale', OPENING, 60, { leadMs: 2 * HOUR, holdMs: HOUR, ceiling: 90 })], {
    podCapacity: 100, baseline: { floor: 0, ceiling: 10 },
  });
  const target = autoscaler('web', { maxReplicas: 90, metrics: [QUEUE], behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } });
  const workload = other('apps/v1', 'Deployment', 'web', { spec: { template: { spec: { containers: CONTAINERS } } } });
  const { services } = deployed(configMap(plan), target, workload);
  const cronJobs = [cronJob('bump', '*/5 * * * *', { event: 'sale' }), cronJob('drop', '*/5 * * * *', { event: 'sale' })];
  return rehearse({ ...rehearsedServiceOf(services[0]), cronJobs }, {
    untilMs,
    traffic: [{ atMs: -3 * HOUR, rps: 0 }, { atMs: untilMs, rps: 0 }],
    metrics: { queue: [{ atMs: -4 * HOUR, value: 0 }, { atMs: 4 * HOUR, value: 0 }] },
  });
}
