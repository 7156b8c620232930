import { NOVEMBER, PLAN, hpa, registration } from './fake-cluster';
import { status, unwrapped } from './status-of';

const KEEPER = 'cdk8s-prewarm-registration';
/** No pods between events. */
const SLEEPER = { ...PLAN, baseline: { floor: 0, ceiling: 10 } };

test('a planned 0 is a go', async () => {
  const { exitCode, out } = await status(registration({ now: NOVEMBER, plan: SLEEPER, floor: 0, ready: 0 }));
  expect(exitCode).toBe(0);
  expect(out).toContain('  floor    0, set by cdk8s-prewarm-registration');
  expect(out).toContain('  ready    0 of 0');
  expect(out).not.toContain('stands at 0');
});

test('a 0 inside a window is a no-go, with the command that ends it', async () => {
  const { exitCode, out } = await status(registration({ plan: SLEEPER, ready: 0, more: [hpa(108, 162, KEEPER)] }));
  expect(exitCode).toBe(1);
  expect(unwrapped(out)).toContain('! Deployment registration stands at 0, which disables the autoscaler; this raises it: kubectl -n marathon create job');
});
