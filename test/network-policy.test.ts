import { Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { chartIn } from './support/charts';
import { EventScaleSchedule, KeeperOptions, ScheduleTarget } from 'cdk8s-prewarm';

const HTTPS = { ports: [{ protocol: 'TCP', port: 443 }, { protocol: 'TCP', port: 6443 }] };
const DNS = { ports: [{ protocol: 'UDP', port: 53 }, { protocol: 'TCP', port: 53 }] };

describe('the network policy of keepers', () => {
  test('is none unless it is asked for', () => {
    expect(policiesWith({})).toEqual([]);
  });

  test('lets nothing in, and out to the API server only, also from the repair', () => {
    const spec = { policyTypes: ['Ingress', 'Egress'], egress: [HTTPS] };
    expect(policiesWith({ networkPolicy: {} })).toEqual([
      expect.objectContaining({
        metadata: expect.objectContaining({ name: 'payment-prewarm', namespace: 'shop' }),
        spec: {
          ...spec,
          podSelector: { matchLabels: { 'cdk8s-prewarm/service': 'payment' }, matchExpressions: [{ key: 'cdk8s-prewarm/role', operator: 'Exists' }] },
        },
      }),
      expect.objectContaining({
        metadata: expect.objectContaining({ name: 'payment-prewarm-repair', labels: { 'cdk8s-prewarm/role': 'repair' } }),
        spec: { ...spec, podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'payment-prewarm-repair' } } },
      }),
    ]);
  });

  test('is that of all pods of its keepers, and of no others', () => {
    const chart = chartWith({ networkPolicy: {} });
    const [own, ofRepair] = policiesIn(chart).map(({ spec }) => spec.podSelector);
    for (const { kind, metadata, spec } of Testing.synth(chart).filter(object => ['Job', 'CronJob', 'Deployment'].includes(object.kind))) {
      const { labels } = (kind === 'CronJob' ? spec.jobTemplate.spec : spec).template.metadata;
      const isOwn = labels['cdk8s-prewarm/service'] === own.matchLabels['cdk8s-prewarm/service'] && labels['cdk8s-prewarm/role'] !== undefined;
      const isRepair = labels['cdk8s.io/metadata.addr'] === ofRepair.matchLabels['cdk8s.io/metadata.addr'];
      expect([metadata.name, isOwn, isRepair]).toEqual([metadata.name, !metadata.name.endsWith('-repair'), metadata.name.endsWith('-repair')]);
    }
  });

  test('with a webhook lets it be reached, and its name be looked up, also by a repair that posts for another schedule', () => {
    const chart = chartWith({ networkPolicy: {} });
    scheduleIn(chart, 'queue', { networkPolicy: {}, webhookUrl: hookIn(chart) });
    const egress = Object.fromEntries(policiesIn(chart).map(({ metadata, spec }) => [metadata.name, spec.egress]));
    const withHook = [HTTPS, { ports: [{ protocol: 'TCP', port: 443 }] }, DNS];
    expect(egress).toEqual({ 'payment-prewarm': [HTTPS], 'payment-prewarm-repair': withHook, 'queue-prewarm': withHook });
  });

  test('can be narrowed to addresses and ports', () => {
    const chart = chartIn('shop');
    const networkPolicy = { apiServer: ['10.0.0.1/32', '2001:db8::/64'], apiServerPorts: [6443], webhook: ['10.0.8.0/24'], webhookPorts: [8443] };
    scheduleIn(chart, 'payment', { networkPolicy, webhookUrl: hookIn(chart) });
    expect(policiesIn(chart)[0].spec.egress).toEqual([
      { to: [{ ipBlock: { cidr: '10.0.0.1/32' } }, { ipBlock: { cidr: '2001:db8::/64' } }], ports: [{ protocol: 'TCP', port: 6443 }] },
      { to: [{ ipBlock: { cidr: '10.0.8.0/24' } }], ports: [{ protocol: 'TCP', port: 8443 }] },
      DNS,
    ]);
  });

  test.each<[KeeperOptions, string]>([
    [{ networkPolicy: { apiServer: [] } }, "'keeper.networkPolicy.apiServer' is empty and would let the jobs reach nothing; leave it out, or give at least one"],
    [{ networkPolicy: { apiServer: ['api.example.com'] } }, "'keeper.networkPolicy.apiServer[0]' must be an address range, such as '10.0.0.1/32', got 'api.example.com' (a string)"],
    [{ networkPolicy: { apiServerPorts: [70_000] } }, "'keeper.networkPolicy.apiServerPorts[0]' must be a whole number of at most 65535, got 70000"],
    [{ networkPolicy: { webhook: ['10.0.8.0/24'] } },
      "'keeper.networkPolicy.webhook' (10.0.8.0/24) needs 'keeper.webhookUrl', without which the jobs reach no webhook; leave it out, or pass the URL"],
    [{ networkPolicy: { webhookPorts: [8443] } }, "'keeper.networkPolicy.webhookPorts' (8443) needs 'keeper.webhookUrl'"],
  ])('%j is refused', (keeper, sentence) => {
    expect(() => chartWith(keeper)).toThrow(sentence);
  });
});

function hookIn(chart: Chart): kplus.SecretValue {
  return { secret: kplus.Secret.fromSecretName(chart, 'Hook', 'hook'), key: 'url' };
}

function scheduleIn(chart: Chart, name: string, keeper: KeeperOptions): EventScaleSchedule {
  return new EventScaleSchedule(chart, name, { target: ScheduleTarget.fromAutoscalerName(name), baseline: { floor: 2, ceiling: 10 }, keeper });
}

function chartWith(keeper: KeeperOptions): Chart {
  const chart = chartIn('shop');
  scheduleIn(chart, 'payment', keeper);
  return chart;
}

function policiesIn(chart: Chart): any[] {
  return Testing.synth(chart).filter(({ kind }) => kind === 'NetworkPolicy');
}

function policiesWith(keeper: KeeperOptions): any[] {
  return policiesIn(chartWith(keeper));
}
