import { Belongings, belongingsOf, listOf, sourceOf } from './belongings';
import { change, readAgain } from './change';
import { Held, heldAmong } from './held';
import { ConfigMap, KubeObject, Pod, titleOf } from '../../core/kube-objects';
import { decodePlan, encodePlan } from '../../core/plan/document';
import { holdsAnnotation, withoutManager } from '../../core/plan/field-managers';
import { LABEL_ROLE, LABEL_SERVICE, PLAN_KEY, configName, managerName } from '../../core/plan/names';
import { Plan } from '../../core/plan/plan';
import { unsaid } from '../../core/plan/scaled';
import { targetKindOf } from '../../core/plan/target-kind';
import { formatSome } from '../../core/time/numbers';
import { FallsShort, Io } from '../io';
import { Job } from '../job-objects';
import { Kubectl, Named } from '../kubectl';
import { isActive } from '../standing/last-run';

/** A service that leaves. */
export interface LeavingService {
  readonly io: Io;
  /** In its namespace. */
  readonly kubectl: Kubectl;
  readonly service: string;
  readonly belongings: Belongings;
  /** Of its keeper. */
  readonly held: readonly Held[];
  readonly say: (text: string) => void;
}

/** What is written to an object before its keeper goes. */
export interface Patch {
  readonly object: Named;
  readonly spec: object;
  /** What that makes of it. */
  readonly sentence: string;
}

/** How long pods of a keeper may take to end, and how long to wait between two looks. */
const END_MS = 40_000;
const LOOK_MS = 1_000;

/**
 * Takes a service's keeper away. Each step may be the last of a run that is interrupted; the next run does it again.
 *
 * @throws FallsShort where something is left
 */
export async function carryOut(leaving: LeavingService, patches: readonly Patch[]): Promise<void> {
  const { kubectl, service, belongings, say } = leaving;
  await endKeepers(leaving);
  const holding = await release(leaving, patches);
  for (const { kind, metadata: { name } } of [...belongings.cronJobs, ...belongings.others]) {
    await kubectl.delete(kind.toLowerCase(), name);
  }
  await prove(leaving, holding);
  say(`${service} has left: ${formatSome(listOf(belongings).length, 'object')} deleted, and its keeper holds no field`);
}

/** Writes what is to stay, and takes the keeper out of the record of who holds what. */
export async function release(leaving: LeavingService, patches: readonly Patch[]): Promise<readonly Named[]> {
  const { kubectl, service, held, say } = leaving;
  for (const { object, spec, sentence } of patches) {
    await change(kubectl, object, () => ({ spec }), managerName(service));
    say(`written: ${sentence}`);
  }
  // with what has just been written, which the record did not have when it was read
  const holding = new Map([...held.map(({ object }) => object), ...patches.map(({ object }) => object)].map(object => [titleOf(object), object]));
  await giveBack(leaving, [...holding.values()]);
  return [...holding.values()];
}

/** Nothing starts any longer, and nothing that has started still writes. */
async function endKeepers(leaving: LeavingService): Promise<void> {
  const { kubectl, service, belongings } = leaving;
  const repair = await leaveRepair(leaving);
  for (const cronJob of belongings.cronJobs) {
    await change(kubectl, cronJob, () => ({ spec: { suspend: true } }));
  }
  for (const { kind, metadata: { name } } of belongings.running) {
    await kubectl.delete(kind.toLowerCase(), name);
  }
  await untilEnded(leaving, `${LABEL_SERVICE}=${service},${LABEL_ROLE}`, service);
  if (repair !== undefined) {
    // one that runs may have read the plan before, and stays for minutes where a window of another service is on; the next run goes on
    const jobs = await kubectl.get<Named<Job>>('jobs', '--selector', `${LABEL_ROLE}=repair`);
    for (const { metadata: { name } } of jobs.filter(job => isActive(job) && job.metadata.name.startsWith(`${repair}-`))) {
      await kubectl.delete('job', name);
    }
    await untilEnded(leaving, `${LABEL_ROLE}=repair`, 'the repair');
  }
}

/** The repair serves other services too and goes on; a plan that names none is left alone by its next run. The one that the plan named. */
async function leaveRepair({ kubectl, service, belongings }: LeavingService): Promise<string | undefined> {
  const config = belongings.others.find(({ kind, metadata: { name } }) => kind === 'ConfigMap' && name === configName(service));
  const planOf = ({ data }: ConfigMap) => readable(data?.[PLAN_KEY]);
  const repair = config && planOf(config)?.repair;
  if (!config || repair === undefined) {
    return undefined;
  }
  await change(kubectl, config, current => {
    const plan = planOf(current);
    return plan?.repair === undefined ? undefined : { data: { [PLAN_KEY]: encodePlan({ ...plan, repair: undefined }) } };
  });
  return repair;
}

/** A plan that cannot be read is none that a repair would apply. */
function readable(text: string | undefined): Plan | undefined {
  try {
    return text === undefined ? undefined : decodePlan(text);
  } catch {
    return undefined;
  }
}

async function untilEnded({ io, kubectl }: LeavingService, selector: string, whose: string): Promise<void> {
  for (let waited = 0; ; waited += LOOK_MS) {
    const pods = await kubectl.get<Named<KubeObject & Pod>>('pods', '--selector', selector);
    const running = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
    if (running.length === 0) {
      return;
    }
    if (waited >= END_MS) {
      throw new FallsShort(`${formatSome(running.length, 'pod')} of ${whose} still there: ${running.map(titleOf).join(', ')}; `
        + 'the floor is not given back while a keeper may write; run this again when they have ended');
    }
    await io.sleep(LOOK_MS);
  }
}

async function giveBack({ kubectl, service }: LeavingService, objects: readonly Named[]): Promise<void> {
  for (const object of objects) {
    const read = await readAgain(kubectl, object);
    if (read) {
      await change(kubectl, read, current => {
        const managedFields = withoutManager(current, managerName(service));
        return managedFields && { metadata: { managedFields, ...takenBack(current, managerName(service)), ...unsaid(current, service) } };
      });
    }
  }
}

/** What the keeper has said in an annotation goes with it: it is in force in windows only. */
function takenBack(object: Named, manager: string): { readonly annotations?: { readonly [annotation: string]: null } } {
  const annotation = targetKindOf(object)?.activation?.annotation;
  const holders = (object.metadata.managedFields ?? []).filter(entry => annotation !== undefined && holdsAnnotation(entry, annotation));
  return holders.length > 0 && holders.every(holder => holder.manager === manager) ? { annotations: { [annotation!]: null } } : {};
}

/** What a repair that ran meanwhile has written is given back too; what a pipeline has made again is not. */
async function prove(leaving: LeavingService, objects: readonly Named[]): Promise<void> {
  const { kubectl, service } = leaving;
  const again = listOf(await belongingsOf(service, kubectl));
  if (again.length > 0) {
    throw new FallsShort(`${again.map(titleOf).join(', ')} came back: ${sourceOf(again) ?? 'some pipeline'} makes ${again.length === 1 ? 'it' : 'them'} again; `
      + `take the schedule of ${service} out of its manifests, and run this again`);
  }
  await giveBack(leaving, objects);
  const read = await Promise.all(objects.map(object => readAgain(kubectl, object)));
  const held = heldAmong(read.filter(object => object !== undefined)).filter(one => one.service === service);
  if (held.length > 0) {
    throw new FallsShort(`somebody still writes as ${managerName(service)}: ${held.map(({ object }) => titleOf(object)).join(', ')}; run this again`);
  }
}
