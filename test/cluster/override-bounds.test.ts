import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, kubectl, onCluster, tryKubectl } from './support/cluster';
import { prewarm } from './support/command-line';
import { instant, manifestsIn } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, foreignManifests } from './support/services';
import { DAY, HOUR } from '../support/durations';
import { EventScaleSchedule, ScheduleTarget } from 'cdk8s-prewarm';

onCluster('an override', {}, () => {
  const namespace = Namespace.forGroup('bounds');

  beforeAll(async () => {
    await namespace.apply(foreignManifests('shop', { ceiling: 10 }));
    await namespace.apply(manifestsIn(namespace.name, chart => {
      new EventScaleSchedule(chart, 'shop', { target: ScheduleTarget.fromAutoscalerName('shop'), baseline: { floor: 3, ceiling: 10 } });
    }));
    await armed(namespace);
  });

  test.each([
    ['an end too far ahead', { floor: '4', until: instant(Date.now() + 8 * DAY) }, /more than 7 days after it was written/],
    ['a floor of 100000', { floor: '100000', until: instant(Date.now() + HOUR) }, /more than 10 times the plan's highest ceiling \(10\)/],
  ])('with %s is ignored and told, also when it is labelled later', async (_, data, words) => {
    await namespace.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop-override' }, data }));
    await namespace.kubectl(['label', 'configmap', 'shop-override', `looked=${Date.now()}`]);
    await repaired();
    expect(await namespace.floor('shop')).toBe(3);
    expect((await namespace.list('events')).map(({ reason, message }) => `${reason} ${message}`)).toContainEqual(expect.stringMatching(words));
    expect((await prewarm(namespace, 'status')).out.replace(/\s+/g, ' ')).toMatch(words);
    await namespace.kubectl(['delete', 'configmap', 'shop-override']);
  });

  test('can be left to one group, as documented', async () => {
    const page = readFileSync(join(__dirname, '../../docs/security.md'), 'utf8');
    const [, yaml] = /```yaml\n([^]*?)```/.exec(page)!;
    await kubectl(['apply', '-f', '-'], yaml.replaceAll('prewarm-overrides', namespace.name).replaceAll('marathon', namespace.name));
    const create = (...as: string[]) => namespace.tryKubectl(['create', 'configmap', 'shop-override', '--from-literal=floor=4', '--dry-run=server', ...as]);
    const admins = ['--as', 'jo', '--as-group', 'system:masters'];
    await eventually('others are refused', 60_000, async () => (await create(...admins)).stderr.includes('only the group oncall may write an override'));
    expect(await create(...admins, '--as-group', 'oncall')).toMatchObject({ code: 0 });
    expect(await namespace.tryKubectl(['create', 'configmap', 'another', '--dry-run=server', ...admins])).toMatchObject({ code: 0 });
    await tryKubectl(['delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', namespace.name]);
  });

  /** Has a run of repair look, and waits for its end. */
  async function repaired(): Promise<void> {
    await namespace.kubectl(['create', 'job', 'by-hand', '--from=cronjob/shop-prewarm-repair']);
    await namespace.kubectl(['wait', '--for=condition=complete', 'job/by-hand', '--timeout=60s']);
    await namespace.kubectl(['delete', 'job', 'by-hand']);
  }
});
