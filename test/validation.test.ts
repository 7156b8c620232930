import { ApiObject, Chart, Duration, JsonPatch, Testing } from 'cdk8s';
import { chartIn } from './support/charts';
import { Demand, EventScaleSchedule, OpeningEvent, PrewarmedService } from 'cdk8s-prewarm';
import { PlanValidation, PlanValidationContext, PlanValidationProperties } from 'cdk8s-prewarm/lib/validation';

const AT = '2026-11-01T00:00:00Z';

test('manifests without a finding pass', async () => {
  const { report } = await validated(shopIn(chartIn()));
  expect(report).toEqual({ violations: [], status: 'success', metadata: { Looked: '1 plan, 0 errors, 0 warnings' } });
});

test('an error fails, and says where it stands and how to mend it', async () => {
  const { report } = await validated(withReplicas(shopIn(chartIn())));
  expect(report.status).toBe('failure');
  expect(report.violations).toEqual([{
    ruleName: 'replicas-set (error)',
    recommendation: expect.stringContaining("shop/web: Deployment 'web' has 'replicas: 3'"),
    fix: expect.stringContaining('take the field out'),
    violatingResources: [{ resourceName: 'web', locations: ['spec.replicas'], manifestPath: 'shop.k8s.yaml' }],
  }]);
});

test('a warning fails only where the properties say strict', async () => {
  const moving = () => shopIn(chartIn(), 'registry.example.com/web:latest');
  expect((await validated(moving())).report).toMatchObject({ status: 'success', violations: [{ ruleName: 'moving-tag (warning)' }] });
  expect((await validated(moving(), { strict: true })).report.status).toBe('failure');
});

test('a floor that the schedule takes out of a manifest is told, until somebody says that it is no news', async () => {
  const scheduled = (movingIn?: boolean) => {
    const chart = chartIn();
    const target = new ApiObject(chart, 'Target', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 20 } });
    const event = OpeningEvent.once('sale', { at: '2026-12-05T10:00:00Z', lead: Duration.hours(2) });
    new EventScaleSchedule(chart, 'web', { target, events: [{ event, demand: Demand.replicas(40) }], movingIn });
    return chart;
  };
  const rules = async (movingIn?: boolean) => (await validated(scheduled(movingIn))).report.violations.map(({ ruleName }) => ruleName);
  expect([await rules(), await rules(false), await rules(true)]).toEqual([['first-deploy (warning)'], [], []]);
});

test('what is past needs no looking at, as seen from the instant of the properties', async () => {
  const { report } = await validated(shopIn(chartIn()), { at: '2027-02-01T00:00:00Z' });
  expect(report.violations.map(({ ruleName }) => ruleName)).toEqual(['nothing-ahead (warning)']);
});

test.each([
  [{ strickt: true }, "'properties' of PlanValidation has 'strickt', which it does not know; it knows 'strict' and 'at'"],
  [{ strict: 'yes' }, '\'strict\' of PlanValidation must be true or false, got "yes"'],
  [{ at: 'tomorrow' }, "'at'"],
])('properties %j are refused with the way out', (properties, message) => {
  expect(() => new PlanValidation(properties as PlanValidationProperties)).toThrow(message);
});

function shopIn(chart: Chart, image = 'registry.example.com/web:1'): Chart {
  new PrewarmedService(chart, 'web', {
    image,
    events: [{ event: OpeningEvent.once('sale', { at: '2026-12-05T10:00:00Z', lead: Duration.hours(2) }), demand: Demand.replicas(20) }],
  });
  return chart;
}

function withReplicas(chart: Chart): Chart {
  const [deployment] = chart.node.findAll().filter((object): object is ApiObject => ApiObject.isApiObject(object) && object.kind === 'Deployment');
  deployment.addJsonPatch(JsonPatch.add('/spec/replicas', 3));
  return chart;
}

async function validated(chart: Chart, properties: PlanValidationProperties = {}) {
  const report: { violations: { ruleName: string }[]; status?: string; metadata?: object } = { violations: [] };
  const context: PlanValidationContext = {
    manifests: ['shop.k8s.yaml'],
    parseManifest: () => Testing.synth(chart),
    report: {
      addViolation: violation => report.violations.push(violation),
      submit: (status, metadata) => Object.assign(report, { status, metadata }),
    },
  };
  await new PlanValidation({ at: AT, ...properties }).validate(context);
  return { report };
}
