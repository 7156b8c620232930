import * as fc from 'fast-check';
import { Write, autoscaler, holdersOf } from './fake-cluster';
import { HPA, MANAGER, MINUTE, OVERRIDE, Pod, Stage, WORKLOAD, opening, planOf } from './harness';
import { Plan } from '../../src/core/plan/plan';
import { EpochMs, isoOf } from '../../src/core/time/instant';

/** What hands, pipelines, the autoscaler and the clock do, in any order. */
type Deed =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'patch-floor' | 'apply-both' | 'patch-ceiling' | 'scale' | 'autoscale'; readonly count: number }
  | { readonly do: 'recreate' | 'clear-override' | 'spoil-override' }
  | { readonly do: 'override'; readonly count: number; readonly ms: number }
  | { readonly do: 'deploy'; readonly plan: Plan }
  | { readonly do: 'run'; readonly role: 'drop' | 'arm' }
  | { readonly do: 'bump'; readonly event: string };

const count = fc.integer({ min: 1, max: 80 });
const ms = fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 12 * MINUTE }));

const anyPlan: fc.Arbitrary<Plan> = fc.record({
  openings: fc.array(fc.record({
    event: fc.constantFrom('sale', 'final'),
    from: fc.integer({ min: 0, max: 40 }),
    lead: fc.integer({ min: 1, max: 10 }),
    hold: fc.integer({ min: 1, max: 10 }),
    floor: fc.integer({ min: 1, max: 60 }),
    more: fc.integer({ min: 0, max: 30 }),
  }), { maxLength: 3 }),
  fixed: fc.boolean(),
  baseline: fc.record({ floor: fc.integer({ min: 1, max: 5 }), more: fc.integer({ min: 0, max: 10 }) }),
}).map(({ openings, fixed, baseline }) => planOf(
  openings.map(({ event, from, lead, hold, floor, more }) =>
    opening(event, { from, at: from + lead, until: from + lead + hold, readyBy: from + lead }, floor, floor + more)),
  {
    baseline: { floor: baseline.floor, ceiling: baseline.floor + baseline.more },
    ...(fixed ? { fixedCeiling: 90 } : {}),
  },
));

const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('patch-floor' as const, 'apply-both' as const, 'patch-ceiling' as const), count }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('scale' as const, 'autoscale' as const), count: fc.integer({ min: 0, max: 80 }) }) },
  fc.record({ do: fc.constantFrom('recreate' as const, 'clear-override' as const, 'spoil-override' as const) }),
  fc.record({ do: fc.constant('override' as const), count, ms }),
  fc.record({ do: fc.constant('deploy' as const), plan: anyPlan }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('run' as const), role: fc.constantFrom('drop' as const, 'arm' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('bump' as const), event: fc.constantFrom('sale', 'final') }) },
);

test('whatever hands, plans and clocks do, what is too low is raised, what is another\'s stays, and no pod is cut', async () => {
  const deeds = fc.array(anyDeed, { minLength: 3, maxLength: 14 });
  await fc.assert(fc.asyncProperty(anyPlan, deeds, fc.integer({ min: 1, max: 1e6 }), async (plan, sequence, seed) => {
    const world = new Model(plan, seed);
    for (const next of sequence) {
      await world.does(next);
    }
    await world.ends();
  }), { seed: 20261122, numRuns: 1_200 });
}, 240_000);

/** The stage, and what must be true of it said a second time without the keeper's own words. */
class Model {
  private readonly stage: Stage;
  private readonly guards: { event: string; pod: Pod; isOver: boolean }[] = [];
  private override: { floor: number; until: EpochMs } | undefined;
  private looked = 0;
  private hands = 0;

  constructor(private plan: Plan, seed: number) {
    this.stage = new Stage(plan, seed);
  }

  public async does(deed: Deed): Promise<void> {
    const { stage } = this;
    const { cluster } = stage;
    this.hands++;
    switch (deed.do) {
      case 'wait':
        await stage.time.pass(deed.ms);
        break;
      case 'patch-floor':
        cluster.patch(HPA, 'kubectl-patch', { minReplicas: Math.min(deed.count, stage.ceiling) });
        break;
      case 'patch-ceiling':
        cluster.patch(HPA, 'kubectl-edit', { maxReplicas: Math.max(deed.count, stage.floor) });
        break;
      case 'apply-both':
        cluster.apply(HPA, 'kustomize-controller', { minReplicas: deed.count, maxReplicas: deed.count + 10 });
        break;
      case 'scale':
        cluster.patch(WORKLOAD, 'kubectl-scale', { replicas: deed.count });
        break;
      case 'autoscale':
        cluster.patch(WORKLOAD, 'hpa', { replicas: Math.min(stage.ceiling, Math.max(stage.floor, deed.count)) });
        break;
      case 'recreate':
        cluster.remove(HPA);
        cluster.create(HPA, autoscaler({ maxReplicas: 30 }));
        break;
      case 'override':
        this.override = { floor: deed.count, until: Math.ceil((stage.now + deed.ms) / 1_000) * 1_000 };
        // ten times a small plan's ceiling may be less
        stage.override({ floor: String(deed.count), until: isoOf(this.override.until), confirm: String(deed.count) });
        break;
      case 'spoil-override':
        this.override = undefined;
        stage.override({ floor: 'lots', until: 'dawn' });
        break;
      case 'clear-override':
        this.override = undefined;
        cluster.remove(OVERRIDE);
        break;
      case 'deploy':
        this.plan = deed.plan;
        stage.deployPlan(deed.plan);
        break;
      case 'run':
        expect(await stage.run(deed.role)).toMatchObject({ exitCode: 0 });
        this.isRight();
        break;
      case 'bump': {
        const guard = { event: deed.event, pod: stage.start('guard', { pace: { pollMs: MINUTE } }), isOver: false };
        guard.pod.ending.then(ending => {
          guard.isOver = true;
          expect(ending).toMatchObject({ exitCode: 0 });
        }, () => undefined);
        this.guards.push(guard);
        break;
      }
    }
    await stage.time.pass(500);
    if (this.guards.some(guard => !guard.isOver)) {
      this.isRight();
    }
    this.wroteWell();
  }

  /** All guards end by themselves, well, and without having written more than there was cause for. */
  public async ends(): Promise<void> {
    const endings = await this.stage.time.play(Promise.all(this.guards.map(guard => guard.pod.ending)));
    expect(endings.every(ending => ending.exitCode === 0)).toBe(true);
    this.wroteWell();
    const edges = new Set(this.plan.openings.flatMap(({ windows }) => windows.flatMap(({ from, until }) => [from, until]))).size;
    const written = this.stage.cluster.writes.filter(write => write.manager === MANAGER).length;
    expect(written).toBeLessThanOrEqual(3 * this.hands + 2 * edges + 4);
  }

  private wantedAt(at: EpochMs): { floor: number; ceiling: number } {
    const windows = this.plan.openings.flatMap(({ windows: all }) => all).filter(({ from, until }) => at >= from && at < until);
    const floor = Math.max(this.plan.baseline.floor, ...windows.map(window => window.floor));
    const ceiling = this.plan.fixedCeiling ?? Math.max(this.plan.baseline.ceiling, ...windows.map(window => window.ceiling));
    return this.override && at < this.override.until
      ? { floor: this.override.floor, ceiling: Math.max(ceiling, this.override.floor) }
      : { floor, ceiling };
  }

  /** As it must stand when a keeper has just looked. */
  private isRight(): void {
    const { stage } = this;
    // a clock of whole seconds and a second for the guard: near an edge both sides are right
    const near = [-2_500, -1_000, 0, 1_000, 2_500].map(shift => this.wantedAt(stage.now + shift));
    expect(stage.floor).toBeGreaterThanOrEqual(Math.min(...near.map(({ floor }) => floor)));
    expect(stage.ceiling).toBeGreaterThanOrEqual(Math.min(...near.map(({ ceiling }) => ceiling)));
    const object = stage.cluster.get(HPA)!;
    if (near.every(({ floor }) => floor === stage.floor)) {
      expect(isOwn(object, 'minReplicas')).toBe(true);
    }
    if (isOwn(object, 'minReplicas')) {
      expect(near.map(({ floor }) => floor)).toContain(stage.floor);
    }
  }

  private wroteWell(): void {
    const { writes } = this.stage.cluster;
    for (const write of writes.slice(this.looked).filter(({ manager }) => manager === MANAGER)) {
      if (write.what === HPA) {
        this.movedWell(write);
      } else {
        expect(write.after.spec.replicas).toBeGreaterThan(write.before.spec.replicas);
      }
    }
    this.looked = writes.length;
  }

  private movedWell({ before, after, pods }: Write): void {
    expect(after.spec.minReplicas).toBeLessThanOrEqual(after.spec.maxReplicas);
    if (after.spec.minReplicas < before.spec.minReplicas) {
      expect(isOwn(before, 'minReplicas')).toBe(true);
    }
    if (after.spec.maxReplicas < before.spec.maxReplicas) {
      expect(isOwn(before, 'maxReplicas')).toBe(true);
      expect(after.spec.maxReplicas).toBeGreaterThanOrEqual(pods);
    }
    if (after.spec.minReplicas > before.spec.minReplicas) {
      expect(isOwn(after, 'minReplicas')).toBe(true);
    }
  }
}

function isOwn(object: Write['after'], field: string): boolean {
  return holdersOf(object, field).some(holder => holder.manager === MANAGER);
}
