import { Size, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { EventScaleSchedule, KeeperOptions, ScheduleTarget } from '../src';
import { chartIn } from './support/charts';

describe('what the pods of the jobs ask for', () => {
  test('is at most ten times less than what they may get, as LimitRanges with a ratio want it', () => {
    for (const { requests, limits } of resourcesWith({})) {
      expect(amountOf(limits.cpu) / amountOf(requests.cpu)).toBeLessThanOrEqual(10);
      expect(amountOf(limits.memory) / amountOf(requests.memory)).toBeLessThanOrEqual(10);
    }
  });

  test('is what a platform says, in all jobs', () => {
    const resources = resourcesWith({
      resources: {
        cpu: { request: kplus.Cpu.millis(250), limit: kplus.Cpu.units(1) },
        memory: { request: Size.mebibytes(128), limit: Size.gibibytes(1) },
        ephemeralStorage: { limit: Size.gibibytes(1) },
      },
    });
    expect(resources).toEqual(Array(2).fill({
      requests: { cpu: '250m', memory: '128Mi' }, limits: { 'cpu': '1', 'memory': '1Gi', 'ephemeral-storage': '1Gi' },
    }));
  });

  test.each([[undefined, 48], [96, 36], [1024, 384]])('holds node back where it may have %p MiB', (limit, heap) => {
    const options = limit === undefined ? {} : { resources: { memory: { limit: Size.mebibytes(limit) } } };
    expect(podsWith(options).map(pod => pod.containers[0].args[0])).toEqual(Array(2).fill(`--max-heap-size=${heap}`));
  });

  test.each<[string, KeeperOptions['resources'], object]>([
    ['a limit of CPU below the request', { cpu: { limit: kplus.Cpu.millis(40) } }, { cpu: ['40m', '40m'], memory: ['64Mi', '128Mi'] }],
    ['a request of CPU above the limit', { cpu: { request: kplus.Cpu.millis(800) } }, { cpu: ['800m', '800m'], memory: ['64Mi', '128Mi'] }],
    ['a request of memory above the limit', { memory: { request: Size.mebibytes(256) } }, { cpu: ['50m', '500m'], memory: ['256Mi', '256Mi'] }],
    ['a limit of memory', { memory: { limit: Size.mebibytes(96) } }, { cpu: ['50m', '500m'], memory: ['64Mi', '96Mi'] }],
  ])('follows where %s is given alone', (_, resources, { cpu, memory }: any) => {
    expect(resourcesWith({ resources })[0]).toEqual({ requests: { cpu: cpu[0], memory: memory[0] }, limits: { cpu: cpu[1], memory: memory[1] } });
  });

  test.each<[string, KeeperOptions, string]>([
    ['too little memory to run', { resources: { memory: { limit: Size.mebibytes(80) } } },
      "'keeper.resources.memory.limit' (80Mi) must be at least 96Mi, which the keeper may need where thousands of pods are not ready"],
    ['a request above its limit', { resources: { cpu: { request: kplus.Cpu.units(2), limit: kplus.Cpu.units(1) } } },
      "'keeper.resources.cpu.request' (2) must be at most its limit (1)"],
    ['a number for a Cpu', { resources: { cpu: { request: 50 as any } } },
      "'keeper.resources.cpu.request' must be a Cpu, such as Cpu.millis(250), got 50"],
  ])('is refused where it is %s, before anything is defined', (_, keeper, sentence) => {
    expect(() => scheduleWith(keeper)).toThrow(sentence);
  });
});

describe('the user of the pods of the jobs', () => {
  test('is the one that a platform names, with a group of the same number', () => {
    expect(usersWith({ runAsUser: 1000680000 })).toEqual(Array(2).fill({ runAsNonRoot: true, runAsUser: 1000680000, runAsGroup: 1000680000 }));
  });

  test('is left to a platform that assigns one, and still must not be root', () => {
    expect(usersWith({ platformAssignsUser: true })).toEqual(Array(2).fill({ runAsNonRoot: true }));
  });

  test.each<[string, KeeperOptions, string]>([
    ['root', { runAsUser: 0 }, "'keeper.runAsUser' must be a whole number of at least 1, got 0"],
    ['named, and assigned by the platform', { runAsUser: 1000, platformAssignsUser: true },
      "'keeper.runAsUser' (1000) and 'keeper.platformAssignsUser' exclude each other; leave out the one that is not meant"],
  ])('is refused where it is %s', (_, keeper, sentence) => {
    expect(() => scheduleWith(keeper)).toThrow(sentence);
  });
});

function resourcesWith(keeper: KeeperOptions): any[] {
  return podsWith(keeper).map(({ containers }) => containers[0].resources);
}

/** Of the pods, without what it has beside; containers name none, which would win over the pod's. */
function usersWith(keeper: KeeperOptions): any[] {
  return podsWith(keeper).map(({ securityContext: { seccompProfile, ...user }, containers }) => {
    expect(seccompProfile).toEqual({ type: 'RuntimeDefault' });
    expect(Object.keys(containers[0].securityContext)).not.toContain('runAsUser');
    return user;
  });
}

function podsWith(keeper: KeeperOptions): any[] {
  return scheduleWith(keeper).map(({ spec }) => (spec.jobTemplate?.spec ?? spec).template.spec);
}

/** Its jobs: arm and repair. */
function scheduleWith(keeper: KeeperOptions): any[] {
  const chart = chartIn();
  new EventScaleSchedule(chart, 'payment', { target: ScheduleTarget.fromAutoscalerName('payment'), baseline: { floor: 2, ceiling: 10 }, keeper });
  return Testing.synth(chart).filter(({ kind }) => kind === 'Job' || kind === 'CronJob');
}

function amountOf(quantity: string): number {
  return Number(/\d+/.exec(quantity));
}
