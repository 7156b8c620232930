import { eventually, onCluster } from './support/cluster';
import { instant, manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, guarded, serviceIn } from './support/services';
import { Recorder } from './support/watching';
import { OpeningEvent, PrewarmedServiceOptions } from 'cdk8s-prewarm';

const FOLLOWED_WITHIN_MS = 1_000;

onCluster('when plan or override change in the middle of a window', {}, () => {
  const namespace = Namespace.forGroup('changes');
  let event: OpeningEvent;

  const manifestOf = (name: string, floor: number, options: PrewarmedServiceOptions = {}) =>
    manifestsIn(namespace.name, chart => serviceIn(chart, name, floor, event, options));

  beforeAll(async () => {
    event = eventFrom(minuteAfter(25_000), { minutes: 6 });
    await namespace.apply([
      manifestOf('higher', 20), manifestOf('lower', 20), manifestOf('refused', 20),
      manifestOf('withdrawn', 20, { ceiling: 40 }), manifestOf('overridden', 20),
    ].join('---\n'));
    await armed(namespace);
    const services = ['higher', 'lower', 'refused', 'withdrawn', 'overridden'];
    await Promise.all(services.map(name => bump(namespace, name)));
    for (const name of services) {
      await eventually(`floor of ${name}`, 150_000, async () => await namespace.floor(name) === 20);
      await guarded(namespace, name);
    }
  });

  test('a deployed plan with a higher demand is followed within seconds, ceiling and all', async () => {
    const took = await followed('higher', 30, () => namespace.apply(withoutArm(manifestOf('higher', 30))));
    expect(took).toBeLessThan(5_000);
    expect(await namespace.ceiling('higher')).toBe(45);
  });

  test('a deployed plan with a lower demand is followed within seconds', async () => {
    const took = await followed('lower', 14, () => namespace.apply(withoutArm(manifestOf('lower', 14, { ceiling: 30 }))));
    expect(took).toBeLessThan(5_000);
  });

  test('a plan whose event is taken out is refused by the API server where the ceiling shrinks below the live floor', async () => {
    const { code, stderr } = await namespace.tryKubectl(['apply', '-f', '-'], withoutArm(manifestOf('refused', 20, { events: [] })));
    expect(code).not.toBe(0);
    expect(stderr).toContain('must be greater than or equal to `minReplicas`');
    // nothing is lost: whether or not the new plan arrived, the floor stands until the autoscaler's manifest is accepted
    expect(await namespace.ceiling('refused')).toBe(30);
  });

  test('... and is accepted once an override has lowered the floor', async () => {
    await override('refused', { floor: 2, minutes: 10 });
    await eventually('floor of refused', 5_000, async () => await namespace.floor('refused') === 2);
    await namespace.apply(withoutArm(manifestOf('refused', 20, { events: [] })));
    expect(await namespace.ceiling('refused')).toBe(10);
  });

  test('a plan whose event is taken out is followed where the ceiling does not depend on events', async () => {
    const took = await followed('withdrawn', 2, () => namespace.apply(withoutArm(manifestOf('withdrawn', 20, { ceiling: 40, events: [] }))));
    expect(took).toBeLessThan(5_000);
  });

  test('an override is followed within a second: upwards past the ceiling, downwards, and back when it is cleared', async () => {
    expect(await followed('overridden', 50, () => override('overridden', { floor: 50, minutes: 10 }))).toBeLessThan(FOLLOWED_WITHIN_MS);
    expect(await namespace.ceiling('overridden')).toBeGreaterThanOrEqual(50);
    expect(await followed('overridden', 12, () => override('overridden', { floor: 12, minutes: 10 }))).toBeLessThan(FOLLOWED_WITHIN_MS);
    expect(await followed('overridden', 20, () => namespace.kubectl(['delete', 'cm', 'overridden-override']))).toBeLessThan(FOLLOWED_WITHIN_MS);
  });

  test('an override that cannot be read is reported and changes nothing', async () => {
    await namespace.apply(JSON.stringify(overrideObject('overridden', { floor: 'many', until: instant(Date.now() + 600_000) })));
    await eventually('an Event about the override', 10_000, async () =>
      (await namespace.list('events')).some(({ message }) => message?.includes("'floor' of the override must be a whole number")));
    expect(await namespace.floor('overridden')).toBe(20);
  });

  /** How long after the API server told of the change the floor was as asked; fails if it never was. */
  async function followed(name: string, floor: number, change: () => Promise<unknown>): Promise<number> {
    const recorder = await Recorder.ofAutoscaler(namespace.name, name);
    try {
      const before = recorder.changes.length;
      await change();
      const changed = Date.now();
      await eventually(`floor ${floor} of ${name}`, 20_000, async () => recorder.changes.slice(before).some(({ object }) => object.spec.minReplicas === floor));
      const at = recorder.changes.slice(before).find(({ object }) => object.spec.minReplicas === floor)!.at;
      console.log(`${name}: floor ${floor}, ${Math.max(0, at - changed)} ms after the command had ended`);
      return at - changed;
    } finally {
      recorder.stop();
    }
  }

  async function override(name: string, { floor, minutes }: { floor: number; minutes: number }): Promise<void> {
    await namespace.apply(JSON.stringify(overrideObject(name, { floor: `${floor}`, until: instant(Date.now() + minutes * 60_000) })));
  }
});

function overrideObject(name: string, data: { readonly [key: string]: string }): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${name}-override` }, data };
}

/** What remains is followed by the guards alone: the arm job of the new plan would act too. */
function withoutArm(manifests: string): string {
  return manifests.split(/^---$/m).filter(text => !/^ {4}cdk8s-prewarm\/role: arm$/m.test(text) || !/^kind: Job$/m.test(text)).join('---');
}
