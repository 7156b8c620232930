import { NOVEMBER, PLAN, hpa, registration } from './fake-cluster';
import { status, unwrapped } from './status-of';

const KEEPER = 'cdk8s-prewarm-registration';
const MOVING = { ...PLAN, movingIn: true } as const;

test('a service whose floor the keeper holds has moved in', async () => {
  expect(await lines(KEEPER)).toContain("- HorizontalPodAutoscaler registration keeps 'minReplicas', whoever takes it out of a manifest; the next deploy can leave 'movingIn' out");
});

test('one whose floor is another hand\'s has not, and the line says what to do', async () => {
  expect(await lines('kubectl')).toContain("has floor 2 of kubectl, which the keeper does not hold: a deploy without 'minReplicas' would delete it; pass baseline: { floor: 2 }");
});

test('one that an applier remembers waits for the repair', async () => {
  expect(await lines(KEEPER, { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"minReplicas":2}}' }))
    .toContain('- the keeper does not hold all yet that the manifests keep; the next run of repair sees to it');
});

test('of others nothing is said', async () => {
  const { out } = await status(registration({ now: NOVEMBER, ready: 2, guards: 0 }));
  expect(out).not.toMatch(/movingIn|manifests keep/);
});

async function lines(owner: string, annotations = {}): Promise<string> {
  const target: any = hpa(2, 162, owner);
  const more = [{ ...target, apiVersion: 'autoscaling/v2', metadata: { ...target.metadata, annotations } }];
  return unwrapped((await status(registration({ now: NOVEMBER, plan: MOVING, ready: 2, guards: 0, more }))).out);
}
