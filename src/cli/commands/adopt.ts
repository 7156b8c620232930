import { Command, InvalidArgumentError } from 'commander';
import { TargetObject } from '../../core/kube-objects';
import { forgetting, pipelineOf } from '../../core/plan/appliers';
import { withManager } from '../../core/plan/field-managers';
import { liveOf } from '../../core/plan/live';
import { managerName } from '../../core/plan/names';
import { planAt } from '../../core/plan/plan';
import { isSameObject } from '../../core/plan/reference';
import { TARGET_KINDS, targetKindOf } from '../../core/plan/target-kind';
import { keeperTrouble, ownerTrouble, pauseTrouble, rivalTrouble, targetCodeOf } from '../../core/plan/target-troubles';
import { EpochMs, isoOf } from '../../core/time/instant';
import { formatSome } from '../../core/time/numbers';
import { DeployedService, titleOf } from '../../manifests/deployed';
import { wrap } from '../../report/table';
import { LeavingField, leavingFields, referenceOf } from '../adopting/fields';
import { PIPELINES, Pipeline, applicationOf } from '../adopting/pipelines';
import { proof } from '../adopting/proof';
import { SizeFieldOf, sizeFieldsOf } from '../adopting/size-fields';
import { FallsShort, Io, WrongInput } from '../io';
import { ClusterOptions, Kubectl, Named, resourceOf, resourcesOf } from '../kubectl';
import { whereServed } from '../leaving/belongings';
import { change } from '../leaving/change';
import { readDeployed } from '../manifests';
import { sized } from '../sized';

/** `prewarm adopt`: services that live already get a schedule, and lose no pod by that. */
export function adoptCommand(io: Io): Command {
  return new Command('adopt')
    .description('Prepares services that live already for the first deploy of their schedules, so that it takes no pod away, and proves that.')
    .argument('<manifests...>', "files and folders of the new manifests, or '-' for stdin")
    .requiredOption('--as <pipeline>', `how they are applied: ${PIPELINES.map(({ name }) => name).join(', ')}`, pipelineArgument)
    .option('--check', 'change nothing: only prove it, right before the deploy')
    .option('--context <name>', "one of kubectl's contexts (default: the current one)")
    .option('-n, --namespace <name>', 'the namespace of manifests that name none')
    .addHelpText('after', `
Examples:
  $ prewarm adopt dist/ --as kubectl
  $ prewarm adopt dist/ --as flux --check

docs/moving-in.md explains what is done. After it, deploy the new manifests before anybody deploys the old ones once more.
Writes through your kubectl. Exit code 0: the deploy takes nothing away, 1: it would, 2: the command line is wrong, or the cluster refuses.`)
    .action(async (paths: string[], options: AdoptOptions) => adopt(io, paths, options));
}

interface AdoptOptions extends ClusterOptions {
  readonly as: Pipeline;
  readonly check?: boolean;
}

function pipelineArgument(text: string): Pipeline {
  const pipeline = PIPELINES.find(({ name }) => name === text);
  if (!pipeline) {
    throw new InvalidArgumentError(`It is one of ${PIPELINES.map(({ name, words }) => `${name} (${words})`).join(', ')}.`);
  }
  return pipeline;
}

/** One service, as its manifests say and as it lives. */
interface Mover {
  readonly service: DeployedService;
  readonly kubectl: Kubectl;
  /** Target and workload, as far as they are there. */
  readonly live: readonly Named[];
  /** The target as everybody reads it. */
  readonly sized?: Named<TargetObject>;
  /** All autoscalers of its namespace. */
  readonly autoscalers: readonly TargetObject[];
  readonly sizeFieldOf: SizeFieldOf;
}

async function adopt(io: Io, paths: readonly string[], options: AdoptOptions): Promise<void> {
  const { services } = await readDeployed(paths, io, options.namespace);
  const kubectl = new Kubectl(io, options);
  const { now } = await kubectl.time();
  const say = (text: string) => wrap(text, Math.min(io.columns, 100) - 2).forEach((line, i) => io.out(i === 0 ? line : `  ${line}`));
  const movers: Mover[] = [];
  for (const service of services) {
    movers.push(await moverOf(service, kubectl));
  }
  // all or none: what is half moved is worse than what is not
  const refusals = movers.flatMap(mover => refusalsOf(mover, options.as, now).map(refusal => `${titleOf(mover.service)}: ${refusal}`));
  if (refusals.length > 0) {
    throw new WrongInput(refusals.join('\n'));
  }
  const troubles: string[] = [];
  for (const mover of movers) {
    troubles.push(...(await move(mover, options, now, say)).map(trouble => `${titleOf(mover.service)}: ${trouble}`));
  }
  if (troubles.length > 0) {
    throw new FallsShort(troubles.join('\n'));
  }
  say(`proved by a dry run of the API server as ${options.as.words}: the deploy of ${formatSome(movers.length, 'service')} takes nothing away`);
  const owner = movers.flatMap(({ live }) => live.map(applicationOf)).find(name => name !== undefined);
  if (!options.check) {
    say(`until it is deployed, the old manifests must not be applied once more, or this was in vain: ${options.as.suspend(owner)}`);
  }
}

async function moverOf(service: DeployedService, kubectl: Kubectl): Promise<Mover> {
  const { plan, namespace } = service;
  if (namespace === undefined) {
    throw new WrongInput(`'${titleOf(service)}' names no namespace to look for it in; say it with --namespace`);
  }
  const there = kubectl.in(namespace);
  const resources = isSameObject(plan.target, plan.workload) ? [plan.target] : [plan.target, plan.workload];
  const [live, autoscalers, sizeFieldOf] = await Promise.all([
    Promise.all(resources.map(reference => there.get(resourceOf(reference)))),
    Promise.all(TARGET_KINDS.filter(({ workloadField }) => workloadField !== undefined)
      .map(row => whereServed(there.get<Named<TargetObject>>(resourcesOf(row))))),
    sizeFieldsOf(there, resources),
  ]);
  const target = live.flat().find(object => isSameObject(referenceOf(object), plan.target));
  return { service, kubectl: there, live: live.flat(), sized: await sized(there, target, plan.target), autoscalers: autoscalers.flat(), sizeFieldOf };
}

/** What no command can make right. */
function refusalsOf(mover: Mover, pipeline: Pipeline, now: EpochMs): string[] {
  const { service: { plan, ...service }, live, sized: target, autoscalers, sizeFieldOf } = mover;
  const standing = target && targetKindOf(target) ? liveOf(target, plan) : undefined;
  const fields = leavingFields({ plan, ...service }, live, pipeline, sizeFieldOf);
  const asked = planAt(plan, now).floor;
  const applied = fields.map(({ object }) => ({ object, by: pipelineOf(object) })).find(({ by }) => by !== undefined && by !== pipeline.name);
  const troubles = [
    rivalTrouble(plan.target, plan.workload, autoscalers),
    ...target && standing ? [keeperTrouble(target, standing), ownerTrouble(target), pauseTrouble(target)] : [],
    standing && fields.some(({ object }) => isSameObject(referenceOf(object), plan.target)) && standing.floor > asked
      ? `${plan.target.kind} ${plan.target.name} has floor ${standing.floor}, the plan asks for ${asked} now, and the pods above it would go; `
        + `pass baseline: { floor: ${standing.floor} }, or lower the floor before` : undefined,
    applied && `${applied.object.kind} ${applied.object.metadata.name} has been applied by ${wordsOf(applied.by!)}, not by ${pipeline.words}; say --as ${applied.by}`,
    pipeline.remembers === 'release' && fields.length > 0
      ? `Helm 3 deletes what its last release has and the next has not, and nothing makes it forget; leave the chart as it is, and take its ${
        plan.target.kind} by name:\n${byName({ plan, ...service }, standing?.floor, standing?.ceiling)}` : undefined,
  ];
  return troubles.filter(trouble => trouble !== undefined);
}

function wordsOf(name: string): string {
  return PIPELINES.find(pipeline => pipeline.name === name)!.words;
}

function byName({ plan: { service, target, workload } }: DeployedService, floor = 2, ceiling?: number): string {
  const isUsual = isSameObject(workload, target) || isSameObject(workload, { apiVersion: 'apps/v1', kind: 'Deployment', name: target.name });
  const options = isUsual ? undefined : `{ workload: ${targetCodeOf(workload)} }`;
  return [
    `  new EventScaleSchedule(chart, '${service}', {`,
    `    target: ${targetCodeOf(target, options)},`,
    `    baseline: { floor: ${floor}${ceiling === undefined ? '' : `, ceiling: ${ceiling}`} },`,
    '    events: [...],',
    '  });',
  ].join('\n');
}

/** Makes the pipeline forget what leaves the manifests, as far as it may, and plays the deploy. */
async function move(
  { service, kubectl, live, sizeFieldOf }: Mover, { as: pipeline, check }: AdoptOptions, now: EpochMs, say: (text: string) => void,
): Promise<string[]> {
  const title = titleOf(service);
  const fields = leavingFields(service, live, pipeline, sizeFieldOf);
  const endangered = fields.filter(({ isInDanger }) => isInDanger);
  if (check) {
    const dangers = endangered.map(({ object, field, value }) =>
      `${object.kind} ${object.metadata.name}: the deploy would delete ${field}, now ${value}: ${pipeline.words} remembers it; run this without --check`);
    return dangers.length > 0 ? dangers : proof(service, live, fields, pipeline, kubectl);
  }
  for (const object of new Set(endangered.map(one => one.object))) {
    const names = endangered.filter(one => one.object === object).map(({ field }) => field);
    await change(kubectl, object, current => patchOf(current, names, service, pipeline, now));
  }
  const whole = fields.length > 0 ? fields.map(field => `${textOf(field)}${field.isInDanger ? '' : ', as before'}`).join('; ') : nothing(service, live);
  say(`${title}: ${whole}`);
  const read = (await Promise.all(live.map(object => kubectl.get(resourceOf(referenceOf(object)))))).flat();
  return proof(service, read, leavingFields(service, read, pipeline, sizeFieldOf), pipeline, kubectl);
}

function patchOf(current: Named, fields: readonly string[], { plan }: DeployedService, { remembers }: Pipeline, now: EpochMs) {
  if (remembers === 'annotation') {
    return { metadata: forgetting(current, fields) };
  }
  const managedFields = withManager(current, managerName(plan.service), fields, isoOf(now));
  return managedFields && { metadata: { managedFields } };
}

function textOf({ object, field, value }: LeavingField): string {
  return `${object.kind} ${object.metadata.name} keeps ${field} ${value}`;
}

function nothing({ target, workload }: DeployedService, live: readonly Named[]): string {
  if (live.length === 0) {
    return 'it does not live yet, there is nothing to keep';
  }
  return target || workload ? 'no field leaves its manifests' : 'target and workload are known by name, and their manifests stay as they are';
}
