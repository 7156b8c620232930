import { Batch, TINY } from './batch';
import { Call, joinCalls } from './call';
import { Pool, PoolUser, Trouble } from './pool';
import { dropWaiting, freeHeld, lose, requestsIn, slotOf, tidy, works } from './slots';
import { Station } from './station';
import { Waits } from './waits';
import { Assumptions } from '../assumptions';
import { Cohort } from '../pods/cohort';
import { Pods } from '../pods/pods';
import { Second, isRouted } from '../pods/serving';

/** Where no more than this part of what comes waits already, others are as good as not kept waiting. */
const HARDLY = 0.02;

/** Connections that the pods of a service hold. */
export interface Connection {
  readonly pool: Pool;
  readonly user: PoolUser;
}

/** What is written down of answers: how many, how long they waited here, and how long for others. */
export interface Answers {
  onQueued(count: number, firstWait: number, lastWait: number, elsewhereMs?: number): void;
  onUnqueued(count: number, utilization: number, elsewhereMs?: number): void;
}

/**
 * The pods of a service: each works on so many requests at once, those included that wait for the answers of others.
 *
 * What a pod cannot begin waits in it. So whatever a service calls and is slow fills the pods of the service.
 */
export class ServiceStation extends Station {
  public readonly calls: Call[] = [];
  public readonly connections: Connection[] = [];
  /** What its pods did in this second. */
  public readonly result: Second = { served: 0, timedOut: 0, refused: 0, lost: 0, queued: 0, killed: 0 };

  private readonly places: number;
  private readonly serviceSeconds: number;
  private readonly waits: Waits;
  private utilization = 0;
  /** In this second: pods that work, what they can begin by themselves, and times that it takes longer. */
  private working = 0;
  private able = 0;
  /** All pods that requests are sent to work; what the least of them can begin in a second. */
  private isEven = true;
  private least = Infinity;
  private slowness = 1;
  private isDown = false;
  private held = 0;
  /** Requests whose work began in the last second. */
  private begun = 0;
  private second = 0;
  /** What one request waits for outside of its pod, in seconds. */
  private elsewhere = 0;

  constructor(
    id: string, name: string, public readonly pods: Pods, private readonly assumed: Assumptions, private readonly trouble: Trouble,
    private readonly answers: Answers,
  ) {
    super(id, name, assumed.abandonedServedPercent / 100);
    this.places = assumed.podConcurrency > 0 ? assumed.podConcurrency : Infinity;
    this.serviceSeconds = assumed.serviceMillis / 1000;
    this.waits = new Waits(Math.max(1, Math.round(assumed.podRps * this.serviceSeconds)), this.serviceSeconds);
    pods.cohorts.onEnd = cohort => this.end(cohort);
  }

  public contents(): { readonly batches: number; readonly held: number; readonly places: number } {
    const batches = this.batches.reduce((sum, { unfinished }) => sum + unfinished, 0);
    const held = this.batches.reduce((sum, batch) => sum + batch.held, 0);
    return { batches, held, places: requestsIn(this.pods.cohorts.list) };
  }

  public canPass(flow: number): boolean {
    if (flow === 0) {
      return true;
    }
    const each = this.working > 0 ? flow / this.working : Infinity;
    return this.isEven && !this.isDown && each <= this.least && each * this.response <= this.places;
  }

  protected passed(flow: number, second: number): void {
    const { serving, cohorts } = this.pods;
    const { result, assumed, slowness } = this;
    const each = this.working > 0 ? flow / this.working : 0;
    serving.ready = serving.capacity = serving.live = serving.total = 0;
    for (const cohort of cohorts.list) {
      const { count, state } = cohort;
      serving.total += count;
      serving.live += state === 'terminating' ? 0 : count;
      const isWorking = works(cohort, second);
      if (isWorking) {
        cohort.cpu += assumed.idleCpuMillis + (isRouted(cohort, second) ? each : 0) * serving.cpuPerRequest;
      }
      if (cohort.ready && state === 'ready') {
        serving.ready += count;
        serving.capacity += isWorking ? count * serving.capacityOf(cohort, second) / slowness : 0;
      }
    }
    this.begun = flow;
    this.utilization = serving.capacity > 0 ? flow / serving.capacity : 1;
    for (const { pool, user } of this.connections) {
      const busy = flow * user.perRequest * pool.callSeconds;
      pool.busy += busy;
      pool.needed += busy;
    }
    if (flow > 0) {
      this.answers.onUnqueued(flow, Math.min(1, this.utilization), this.elsewhere * 1000);
    }
    result.served = flow;
    result.refused = result.timedOut = result.lost = result.queued = result.killed = 0;
  }

  protected plan(second: number): void {
    const { serving, cohorts } = this.pods;
    this.second = second;
    this.slowness = this.trouble.slowness(second);
    this.isDown = this.trouble.isDown(second);
    this.working = 0;
    this.isEven = true;
    this.least = Infinity;
    let [own, capacity, denied] = [0, 0, 0];
    for (const cohort of cohorts.list) {
      const isSentTo = isRouted(cohort, second);
      if (isSentTo && works(cohort, second)) {
        const each = serving.capacityOf(cohort, second);
        const limit = this.limitOf(cohort, each);
        this.working += cohort.count;
        own += cohort.count * each / this.slowness;
        capacity += cohort.count * limit;
        this.least = limit < this.least ? limit : this.least;
        continue;
      }
      this.isEven = this.isEven && !isSentTo;
      if (cohort.deniedBy !== undefined && cohort.state === 'ready') {
        // what it lacks is not its own
        own += cohort.count * serving.capacityOf(cohort, second) / this.slowness;
        denied += cohort.count;
      }
    }
    this.held = 0;
    for (const { held } of this.batches) {
      this.held += held;
    }
    this.elsewhere = this.secondsElsewhere();
    this.response = this.elsewhere + this.serviceSeconds * this.slowness + this.waits.meanAt(this.utilization);
    this.bare = this.serviceSeconds * this.slowness;
    for (const { to, perRequest } of this.calls) {
      this.bare += perRequest * to.bare;
    }
    for (const { pool, user } of this.connections) {
      this.bare += user.perRequest * pool.callSeconds;
    }
    this.able = own;
    this.own = this.isDown ? 0 : Math.min(own, this.places * (this.working + denied) / this.bare);
    let potential = Math.min(capacity, this.places * this.working / this.response);
    let settles = potential;
    for (const call of this.calls) {
      potential = Math.min(potential, (1 - call.waitingShare) * potential + call.answerable);
      settles = Math.min(settles, (1 - call.waitingShare) * settles + call.settled);
    }
    this.potential = this.isDown ? 0 : potential;
    // what is refused is settled
    this.settles = this.isDown || this.working === 0 ? Infinity : settles;
  }

  protected take(second: number, batch: Batch): void {
    const { serving, cohorts } = this.pods;
    const { result } = this;
    result.killed = 0;
    const arrivals = batch.unfinished;
    const { list } = cohorts;
    let routed = 0;
    for (const cohort of list) {
      routed += isRouted(cohort, second) ? cohort.count : 0;
    }
    if (arrivals > 0 && (routed === 0 || this.isDown)) {
      batch.fail(arrivals, 'refused', second, this.books);
    }
    const rate = routed > 0 && !this.isDown ? arrivals / routed : 0;
    let used = 0;
    this.wanted = routed === 0 ? arrivals : 0;
    serving.ready = serving.capacity = serving.live = serving.total = 0;
    const known = list.length;
    for (let i = 0; i < known; i++) {
      const cohort = list[i];
      serving.total += cohort.count;
      serving.live += cohort.state === 'terminating' ? 0 : cohort.count;
      const share = isRouted(cohort, second) ? rate : 0;
      const isWorking = works(cohort, second);
      const finishes = cohort.state === 'terminating' && cohort.queue.depth > 0;
      if (isWorking || finishes || (share > 0 && cohort.state === 'lost')) {
        used += this.work(cohort, batch, isWorking || cohort.state === 'lost' ? share : 0, isWorking || finishes, second) * cohort.count;
      }
      if (share > 0 && !isWorking && cohort.state !== 'lost') {
        batch.fail(share * cohort.count, 'refused', second, this.books);
      }
      if (cohort.ready && cohort.state === 'ready') {
        serving.ready += cohort.count;
        serving.capacity += isWorking ? cohort.count * serving.capacityOf(cohort, second) / this.slowness : 0;
      }
    }
    this.utilization = serving.capacity > 0 ? used / serving.capacity : 1;
    this.begun = used;
    for (const each of this.batches) {
      if (each.started > 0) {
        this.begin(each, second);
      }
    }
    for (const call of this.calls) {
      call.sendAgain(second);
    }
    for (const { pool, user } of this.connections) {
      pool.busy += used * user.perRequest * pool.callSeconds;
      pool.needed += Math.max(used, Math.min(this.able, arrivals)) * user.perRequest * pool.callSeconds;
    }
  }

  protected release(batch: Batch, second: number): void {
    let done = batch.started;
    let good = done;
    if (this.calls.length > 0) {
      ({ done, good } = joinCalls(batch, this.calls));
      if (batch.held > 0 && done > 0) {
        freeHeld(this.pods.cohorts.list, batch, 1 - done / batch.held);
      }
      batch.held -= done;
    }
    batch.started = 0;
    const answered = batch.finish(good, this.response, second, this.books);
    batch.fail(done - good, 'refused', second, this.books);
    if (answered > 0) {
      const elsewhere = this.elsewhere * 1000;
      const age = second - batch.second;
      if (age > 0) {
        this.answers.onQueued(answered, age - 0.5, age + 0.5, elsewhere);
      } else if (this.backlog <= this.books.arrived * HARDLY) {
        this.answers.onUnqueued(answered, Math.min(1, this.utilization), elsewhere);
      } else {
        this.answers.onQueued(answered, 0, Math.min(1, this.backlog / Math.max(TINY, this.potential)), elsewhere);
      }
    }
  }

  protected dropWaiting(batch: Batch, part: number): number {
    return dropWaiting(this.pods.cohorts.list, batch, part);
  }

  protected tidy(): void {
    const { result, books } = this;
    for (const cohort of this.pods.cohorts.list) {
      if (cohort.state === 'waiting' && cohort.slots && cohort.slots.length > 0) {
        // its container died in this second: what has no answer by now gets none
        cohort.slots.forEach(slot => { slot.begun = 0; });
        this.end(cohort);
      }
      tidy(cohort);
    }
    result.served = books.answered;
    result.refused = books.refused;
    result.timedOut = books.timedOut;
    result.lost = books.lost;
    result.queued = this.look().inside;
  }

  private secondsElsewhere(): number {
    let seconds = 0;
    for (const { to, perRequest } of this.calls) {
      seconds += perRequest * to.response;
    }
    for (const { pool, user } of this.connections) {
      seconds += pool.secondsOf(user, this.working > 0 ? this.begun / this.working : 0);
    }
    return seconds;
  }

  /** What a pod can begin in a second by itself. */
  private limitOf(cohort: Cohort, capacity: number): number {
    let limit = capacity / this.slowness;
    for (const { pool, user } of this.connections) {
      limit = Math.min(limit, pool.limitOf(user, cohort));
    }
    return limit;
  }

  /** One pod takes its share and begins what it can. Returns how much of its own work it does. */
  private work(cohort: Cohort, batch: Batch, share: number, isWorking: boolean, second: number): number {
    const { assumed, pods: { serving } } = this;
    const slots = cohort.slots ?? [];
    let [waiting, held] = [0, 0];
    for (const slot of slots) {
      waiting += slot.waiting;
      held += slot.held;
    }
    const capacity = isWorking ? serving.capacityOf(cohort, second) : 0;
    const may = isWorking ? this.mayBegin(cohort, capacity, held, share) : 0;
    const own = capacity / this.slowness;
    this.wanted += cohort.count * (may < own ? Math.min(share, own) : share);
    let left = Math.min(may, waiting + share);
    const begun = left;
    const keeps = this.calls.length > 0;
    for (const slot of slots) {
      if (left <= 0) {
        break;
      }
      const part = Math.min(slot.waiting, left);
      slot.waiting -= part;
      if (keeps) {
        slot.held += part;
        slot.begun += part;
      }
      (slot.batch as Batch).started += part * cohort.count;
      left -= part;
    }
    const fresh = Math.min(left, share);
    batch.started += fresh * cohort.count;
    if (keeps && fresh > 0) {
      const slot = slotOf(cohort, batch);
      slot.held += fresh;
      slot.begun += fresh;
    }
    cohort.cpu += assumed.idleCpuMillis + begun * serving.cpuPerRequest;
    const { queueLimit, memoryLimit } = serving.limits;
    let rest = share - fresh;
    const room = Math.max(0, queueLimit - (waiting - (begun - fresh)));
    if (rest > room) {
      batch.fail((rest - room) * cohort.count, 'refused', second, this.books);
      rest = room;
    }
    if (rest > TINY) {
      slotOf(cohort, batch).waiting += rest;
    }
    const depth = held + waiting + share;
    if (isWorking && depth - (keeps ? 0 : begun) > memoryLimit) {
      this.kill(cohort, depth, memoryLimit, share - begun);
    }
    return begun;
  }

  /** A pod begins no more than it has places for; places that others hold up come free as these answer. */
  private mayBegin(cohort: Cohort, capacity: number, held: number, comes: number): number {
    const own = this.limitOf(cohort, capacity);
    let may = own;
    if (this.places < Infinity) {
      let answered = Infinity;
      let narrowest: Call | undefined;
      for (const call of this.calls) {
        const per = this.working > 0 ? call.settled / this.working : 0;
        const room = (this.places - held + per) / call.waitingShare;
        answered = Math.min(answered, per);
        if (room < may) {
          [may, narrowest] = [room, call];
        }
      }
      may = Math.max(0, Math.min(may, (this.places - Math.max(0, held - answered)) / this.response));
      if (narrowest && Math.min(own, comes) > may) {
        narrowest.to.blocked += (Math.min(own, comes) - may) * cohort.count * narrowest.perRequest;
      }
    }
    return may;
  }

  /** Work on some requests of a batch has begun: they make their calls. */
  private begin(batch: Batch, second: number): void {
    const keeps = this.calls.length > 0;
    for (const { pool, user } of this.connections) {
      if (pool.isDown) {
        const failed = batch.started * Math.min(1, user.perRequest);
        if (keeps) {
          freeHeld(this.pods.cohorts.list, batch, (batch.held + batch.started - failed) / (batch.held + batch.started));
        }
        batch.started -= failed;
        batch.fail(failed, 'refused', second, this.books);
      }
    }
    if (keeps && batch.started > 0) {
      batch.held += batch.started;
      for (const call of this.calls) {
        call.begin(batch, batch.started);
      }
    }
  }

  /** Memory runs out: what the pod has not answered by then is lost. */
  private kill(cohort: Cohort, depth: number, memoryLimit: number, grows: number): void {
    const after = grows > 0 ? Math.max(0, Math.min(1, 1 - (depth - memoryLimit) / grows)) : 1;
    this.result.killed += cohort.count;
    this.pods.serving.oomKills += cohort.count;
    lose(cohort, after, this.second, this.books);
    this.pods.crash(cohort, this.second + after, 'OOMKilled');
  }

  /** Pods end, and all requests in them with them. */
  private end(cohort: Cohort): void {
    lose(cohort, 0, this.second, this.books);
    cohort.slots = [];
    cohort.queue.depth = 0;
  }
}
