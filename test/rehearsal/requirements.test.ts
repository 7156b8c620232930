import { marathon } from './services';
import { rehearse } from '../../src/rehearsal/rehearse';
import { MEASURES, RequirementError, judge, parseRequirement } from '../../src/rehearsal/requirements';

describe('expressions', () => {
  test.each([
    ['success>=0.999', 'success', '>=', 0.999],
    ['success >= 99.9%', 'success', '>=', 0.999],
    [' p99<=500ms ', 'p99', '<=', 500],
    ['p99<=1.5s', 'p99', '<=', 1_500],
    ['sustained<2m', 'sustained', '<', 120_000],
    ['floor-violations<=0s', 'floor-violations', '<=', 0],
    ['floor-violations==0', 'floor-violations', '==', 0],
    ['restarts==0', 'restarts', '==', 0],
    ['pod-hours<=600h', 'pod-hours', '<=', 600],
    ['cost<100', 'cost', '<', 100],
    ['verify==1', 'verify', '==', 1],
    ['max-replicas!=162', 'max-replicas', '!=', 162],
  ])('%s', (text, measure, operator, value) => {
    const requirement = parseRequirement(text);
    expect(requirement).toMatchObject({ text, measure, operator });
    expect(requirement.value).toBeCloseTo(value, 9);
  });

  test.each([
    ['', 1, 'must begin with what is required; known are success, served'],
    ['>=0.9', 1, 'must begin with what is required'],
    ['sucess>=0.9', 1, "unknown 'sucess' in 'sucess>=0.9'; known are success"],
    [' toString==1', 2, "unknown 'toString'"],
    ['success', 8, "'success' needs one of >= <= == != > < after 'success'"],
    ['success=0.9', 8, 'needs one of >= <= == != > <'],
    ['success>=', 10, "'' in 'success>=' must be a share such as '0.999' or '99.9%'"],
    ['success>=1.2', 10, 'must be a share'],
    ['success >= 5ms', 12, 'must be a share'],
    ['p99<=500', 6, "'500' in 'p99<=500' must be a time such as '500ms', '2s' or '5m'"],
    ['p99<=5parsecs', 6, 'must be a time'],
    ['restarts==none', 11, "must be a number such as '0'"],
    ['restarts==0s', 11, "must be a number such as '0'"],
  ])('%p is refused at column %d', (text, column, message) => {
    const refused = () => parseRequirement(text);
    expect(refused).toThrow(message);
    expect(refused).toThrow(RequirementError);
    try {
      refused();
    } catch (error) {
      expect((error as RequirementError).column).toBe(column);
    }
  });
});

describe('verdicts', () => {
  const run = {
    ...rehearse(marathon()).prewarmed,
    success: 0.99899999,
    sustainedMs: undefined,
    floorViolationSeconds: 251,
    restarts: 1_234,
    cost: 34.172,
    nodeHours: 42.715,
    latency: { p50: 50.4, p95: 61, p99: 84.4, max: 110 },
  };
  const verdict = (text: string) => judge(parseRequirement(text), run);

  test.each([
    ['success>=0.999', false, 'success is 99.899 %, required is at least 99.9 %'],
    ['success>0.5', true, 'success is 99.899 %, required is more than 50 %'],
    ['sustained<=5m', false, 'sustained is never, required is at most 5 minutes'],
    ['floor-violations<=0s', false, 'floor-violations is 4 minutes 11 seconds, required is at most 0 seconds'],
    ['restarts==0', false, 'restarts is 1,234, required is exactly 0'],
    ['p99<=500ms', true, 'p99 is 84 ms, required is at most 500 ms'],
    ['cost<34', false, 'cost is 34.17, required is less than 34.00'],
    ['node-hours<40', false, 'node-hours is 42.7 h, required is less than 40 h'],
    ['restarts!=0', true, 'restarts is 1,234, required is anything but 0'],
  ])('%s', (text, met, says) => {
    expect(verdict(text)).toEqual({ text, met, says });
  });

  test('a success that is not quite what was required is never rounded up to it', () => {
    expect(judge(parseRequirement('success>=0.999'), { ...run, success: 0.9989999999 }).says).toContain('99.899 %');
  });

  test('everything that can be required has a number, or never came to be', () => {
    for (const { of } of Object.values(MEASURES)) {
      expect(of(run)).not.toBeNaN();
    }
  });

  test('a rehearsal judges what its scenario requires', () => {
    const { verdicts } = rehearse(marathon(), { require: ['success>=0.999', 'max-replicas<=100'] });
    expect(verdicts.map(({ met }) => met)).toEqual([true, false]);
    expect(() => rehearse(marathon(), { require: ['nonsense'] })).toThrow("unknown 'nonsense'");
  });
});
