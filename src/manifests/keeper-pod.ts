import { podOf as parsedPodOf, podPathOf } from './containers';
import { DeployedJob, DeployedService } from './deployed';
import { Manifest } from './manifest';
import { KEEPER_KEY, PLAN_KEY, PROGRAM_CONFIG_KEY, PROGRAM_KEY, REPAIRED_KEY } from '../core/plan/names';
import { Plan } from '../core/plan/plan';
import { ParsedContainer, ParsedPod, containersIn } from '../core/plan/pod-shape';
import { decodeRepaired } from '../core/plan/repaired';

/** Why a job does not do what it was made for. */
export interface JobProblem {
  /** Goes on after the job's name. */
  readonly sentence: string;
  readonly path: readonly (string | number)[];
}

/** What is read of the pod of a job, beside its containers; nobody has checked it. */
interface KeeperPod extends ParsedPod {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly volumes?: unknown;
}

interface Volume {
  readonly name?: string;
  readonly configMap?: { readonly name?: string };
  readonly projected?: { readonly sources?: unknown };
}

/** What is read of the keeper's container. */
interface KeeperContainer extends ParsedContainer {
  readonly command?: unknown;
  readonly args?: unknown;
  readonly volumeMounts?: unknown;
}

/** The account by whose rights a job acts. */
export function accountOf({ manifest }: DeployedJob): string {
  return podOf(manifest).serviceAccountName ?? 'default';
}

/** What has been changed of a job so that it no longer runs the keeper with its plan. */
export function jobProblemsOf(job: DeployedJob, service: DeployedService, manifests: readonly Manifest[], isExcerpt: boolean): JobProblem[] {
  const { manifest } = job;
  const path = podPathOf(manifest);
  const pod = podOf(manifest);
  const containers: KeeperContainer[] = containersIn(pod.containers);
  const index = Math.max(0, containers.findIndex(one => keeperIn(one) >= 0));
  const container = containers[index] ?? {};
  const at = [...path, 'containers', index];
  const words = wordsOf(container);
  const keeper = keeperIn(container);
  const isNode = words.slice(0, Math.max(0, keeper)).every((word, i) => word.startsWith('-') || i === 0 && /(^|\/)node$/.test(word));
  if (keeper < 0 || !isNode) {
    return [{ sentence: `runs ${words.length ? `'${words.slice(0, 4).join(' ')}'` : 'what its image runs'}, and not the keeper`, path: [...at, 'args'] }];
  }
  const asked = words.slice(keeper + 1).join(' ');
  const right = argumentsOf(job, service.plan).join(' ');
  return [
    ...asked === right ? [] : [{ sentence: `runs the keeper with '${asked}', and should with '${right}'`, path: [...at, 'args'] }],
    ...mountProblems(job, words[keeper], container, pod, service, manifests, isExcerpt).map(sentence => ({ sentence, path: [...at, 'volumeMounts'] })),
    ...isWithoutToken(job, manifests) ? [{ sentence: 'mounts no token of its account, so the API server does not know the keeper', path }] : [],
  ];
}

/** What follows the keeper's file on its command line. */
function argumentsOf({ role, event }: DeployedJob, { waits = [] }: Plan): string[] {
  switch (role) {
    case 'bump':
    case 'verify': return [role, '--event', event ?? ''];
    // how long it may wait is written by event
    case 'drop': return [role, ...waits.some(wait => wait.event === event) ? ['--event', event ?? ''] : []];
    default: return [role];
  }
}

/** The keeper's file and its plan must be found where it is started from. */
function mountProblems(
  job: DeployedJob, file: string, container: KeeperContainer, pod: KeeperPod, { plan, config, namespace }: DeployedService,
  manifests: readonly Manifest[], isExcerpt: boolean,
): string[] {
  const isRepair = job.role === 'repair';
  const folder = file.slice(0, -KEEPER_KEY.length - 1);
  const mounts = listOf<{ readonly name?: string; readonly mountPath?: string }>(container.volumeMounts);
  const mount = mounts.find(({ mountPath }) => String(mountPath).replace(/\/+$/, '') === folder);
  if (!mount) {
    return [`mounts nothing at ${folder}, where keeper and plan should be`];
  }
  const volume = listOf<Volume>(pod.volumes).find(({ name }) => name === mount.name);
  const sources = listOf<Volume>(volume?.projected?.sources);
  const names = [volume, ...sources].map(source => source?.configMap?.name).filter(name => name !== undefined);
  if (!isRepair && !names.includes(config.name)) {
    return [`mounts ${names.length ? `ConfigMap '${names.join("', '")}'` : 'no ConfigMap'} at ${folder}, and its plan is in '${config.name}'`];
  }
  const configs = names.map(name => manifests.find(one => one.kind === 'ConfigMap' && one.name === name && one.namespace === namespace));
  const gone = names.filter((_, i) => !configs[i]);
  if (gone.length > 0) {
    return isExcerpt ? [] : [`mounts ConfigMap '${gone[0]}', which is not there`];
  }
  const keys = configs.flatMap(one => [...Object.keys(one!.object.data ?? {}), ...Object.keys(one!.object.binaryData ?? {})]);
  const lists = configs.map(one => one!.object.data?.[REPAIRED_KEY]).filter(text => text !== undefined);
  if (isRepair && lists.some(text => !isListed(text, plan.service))) {
    return [`mounts a list of services (${REPAIRED_KEY}) that lacks '${plan.service}', whose plan names it`];
  }
  // a ConfigMap that names no other one has the program in its own keeper.js
  const program = config.object.data?.[PROGRAM_CONFIG_KEY] === undefined ? [] : [PROGRAM_KEY];
  const missing = [KEEPER_KEY, isRepair ? REPAIRED_KEY : PLAN_KEY, ...program].filter(key => !keys.includes(key));
  return missing.length === 0 || isExcerpt ? [] : [`mounts ConfigMap '${names.join("', '")}' without ${missing.join(' and ')}`];
}

/** Whether a list of services to repair can be read and has one; nobody has checked it. */
function isListed(text: unknown, service: string): boolean {
  try {
    return decodeRepaired(String(text)).services.some(({ name }) => name === service);
  } catch {
    return false;
  }
}

function isWithoutToken(job: DeployedJob, manifests: readonly Manifest[]): boolean {
  const { namespace } = job.manifest;
  const account = manifests.find(one => one.kind === 'ServiceAccount' && one.name === accountOf(job) && one.namespace === namespace);
  return (podOf(job.manifest).automountServiceAccountToken ?? account?.object.automountServiceAccountToken) === false;
}

/** Where the keeper's file stands on a container's command line; -1: nowhere. */
function keeperIn(container: KeeperContainer): number {
  return wordsOf(container).findIndex(word => word.endsWith(`/${KEEPER_KEY}`));
}

function wordsOf({ command, args }: KeeperContainer): string[] {
  return [...listOf(command), ...listOf(args)].map(String);
}

function podOf(manifest: Manifest): KeeperPod {
  return parsedPodOf(manifest);
}

function listOf<T>(list: unknown): T[] {
  return Array.isArray(list) ? list.filter(entry => entry !== null && entry !== undefined) : [];
}
