import { Finished, Io, WrongInput } from './io';
import { ConfigMap, KubeObject, ScaleObject } from '../core/kube-objects';
import { ObjectReference } from '../core/plan/plan';
import { saysSizeless } from '../core/plan/scaled';
import { isScaled, servedReference } from '../core/plan/target-kind';
import { EpochMs } from '../core/time/instant';
import { formatSpan } from '../core/time/words';

/** Which cluster and namespace, as the user's own kubectl understands it. */
export interface ClusterOptions {
  /** @default - kubectl's current context */
  readonly context?: string;
  /** @default - the context's namespace */
  readonly namespace?: string;
}

/** An object that the cluster has: it has a name. */
export type Named<T extends KubeObject = KubeObject> = T & { readonly metadata: { readonly name: string } };

/** What a merge patch of an object says. */
export interface ObjectPatch {
  readonly metadata?: object;
  readonly spec?: object;
  /** Of a ConfigMap. */
  readonly data?: object;
}

/** An instant, and whose clock says so. */
export interface Time {
  readonly now: EpochMs;
  readonly clock: string;
}

/** A cluster that does not answer is given up after this long. */
const TIMEOUT = '15s';

/**
 * The user's kubectl: its contexts, its login, its proxies; we bring no client of our own.
 *
 * What kubectl refuses becomes a `WrongInput` with kubectl's own sentence, and what to do where we know it.
 */
export class Kubectl {
  constructor(private readonly io: Io, private readonly options: ClusterOptions) {}

  /** The same cluster, another namespace. */
  public in(namespace: string): Kubectl {
    return new Kubectl(this.io, { ...this.options, namespace });
  }

  /** What `kubectl get ARGS` finds: one object, many, or none. */
  public async get<T extends Named = Named>(...args: readonly string[]): Promise<readonly T[]> {
    const text = await this.run(['get', ...args, '--ignore-not-found', '--show-managed-fields', '-o', 'json']);
    if (text.trim() === '') {
      return [];
    }
    const answer = JSON.parse(text);
    return Array.isArray(answer.items) ? answer.items : [answer];
  }

  /** The `/scale` of an object; undefined where its kind has none. One that says no size is of an object that has none yet. */
  public async scaleOf(reference: ObjectReference): Promise<ScaleObject | undefined> {
    const { exitCode, stdout, stderr } = await this.spawn(['get', resourceOf(reference), '--subresource=scale', '--ignore-not-found', '-o', 'json']);
    if (exitCode !== 0 && saysSizeless(stderr)) {
      return {};
    }
    if (exitCode !== 0) {
      throw new WrongInput(sentenceOf(stderr, this.options));
    }
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  }

  /** Creates an object, or makes the existing one exactly this. */
  public async put(object: ConfigMap, exists: boolean): Promise<void> {
    await this.run([exists ? 'replace' : 'create', '-f', '-'], JSON.stringify(object));
  }

  /**
   * Changes an object by a merge patch if it is still the one that was read; of one that is sized at `/scale`, a `spec` is that of its `/scale`.
   *
   * @param manager who is to hold what changes; absent: kubectl's own name for it
   * @returns false where somebody has changed it since
   */
  public async change(object: Named, patch: ObjectPatch, manager?: string): Promise<boolean> {
    const { kind, apiVersion = 'v1', plural, metadata: { name, resourceVersion } } = object;
    const { exitCode, stderr } = await this.spawn([
      'patch', resourceOf({ apiVersion, kind, plural, name }), '--type', 'merge', '-o', 'name', ...manager === undefined ? [] : ['--field-manager', manager],
      ...patch.spec !== undefined && isScaled(object) ? ['--subresource=scale'] : [],
      '-p', JSON.stringify({ ...patch, metadata: { ...patch.metadata, resourceVersion } }),
    ]);
    if (exitCode !== 0 && !/the object has been modified|\(Conflict\)/.test(stderr)) {
      throw new WrongInput(sentenceOf(stderr, this.options));
    }
    return exitCode === 0;
  }

  /**
   * Has the API server play an apply, and changes nothing.
   *
   * @param apply the words and flags of kubectl's apply
   * @returns the objects as they would be
   */
  public async play<T extends Named = Named>(apply: readonly string[], objects: readonly object[]): Promise<readonly T[]> {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    const answer = JSON.parse(await this.run([...apply, '--dry-run=server', '-o', 'json', '-f', '-'], list));
    return Array.isArray(answer.items) ? answer.items : [answer];
  }

  /** Whether there was one to delete. */
  public async delete(kind: string, name: string): Promise<boolean> {
    return (await this.run(['delete', kind, name, '--ignore-not-found', '-o', 'name'])).trim() !== '';
  }

  /** Runs a CronJob once, now; its history limits clean up afterwards. */
  public async runOnce(cronJob: string, jobName: string): Promise<void> {
    await this.run(['create', 'job', jobName, `--from=cronjob/${cronJob}`]);
  }

  /**
   * What time it is, by the API server's clock where kubectl can tell it (1.28 or later).
   *
   * Jobs act by that clock; one of this computer that is wrong by minutes would call a window open that is not.
   */
  public async time(): Promise<Time> {
    const asked = this.io.now();
    const { exitCode, stdout } = await this.spawn(['auth', 'whoami', '-o', 'json']);
    const heard = this.io.now();
    const date = exitCode === 0 ? Date.parse(JSON.parse(stdout).metadata?.creationTimestamp) : NaN;
    if (Number.isNaN(date)) {
      return { now: heard, clock: 'by the clock of this computer' };
    }
    // the server's clock showed that second at some moment between asking and hearing
    const ahead = asked - (date + 1_000);
    const behind = date - heard;
    const skew = Math.max(ahead, behind);
    return skew <= 0
      ? { now: heard, clock: "by the cluster's clock" }
      : { now: date, clock: `by the cluster's clock; this computer's is ${formatSpan(Math.max(skew, 1_000))} ${ahead > 0 ? 'ahead' : 'behind'}` };
  }

  private async run(args: readonly string[], input?: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.spawn(args, input);
    if (exitCode !== 0) {
      throw new WrongInput(sentenceOf(stderr, this.options));
    }
    return stdout;
  }

  private async spawn(args: readonly string[], input?: string): Promise<Finished> {
    const { context, namespace } = this.options;
    const where = [...(context ? ['--context', context] : []), ...(namespace ? ['--namespace', namespace] : []), '--request-timeout', TIMEOUT];
    return this.io.spawn('kubectl', [...where, ...args], input).catch((error: Error) => {
      throw new WrongInput(`${error.message}: wait, status and override work through your kubectl; install it, or put it on the PATH`);
    });
  }
}

/** `deployment.v1.apps/queue`: a resource of one version that is served, whatever else the cluster calls by that kind. */
export function resourceOf(reference: ObjectReference): string {
  const { apiVersion, kind, name, plural = kind.toLowerCase() } = servedReference(reference);
  return `${resourcesOf({ apiVersion, plural })}/${name}`;
}

/** `deployments.v1.apps`: all resources of a kind, in one version. */
export function resourcesOf({ apiVersion, plural }: { readonly apiVersion: string; readonly plural: string }): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return group ? `${plural}.${version}.${group}` : plural;
}

/** kubectl's complaint without its log lines and prefixes, and the way out. */
function sentenceOf(stderr: string, { context }: ClusterOptions): string {
  const lines = stderr.split('\n').map(line => line.trim()).filter(line => line !== '' && !/^[EWI]\d{4} |^WARNING: /.test(line));
  const said = lines.join('; ').replace(/^(error|Error from server|Error in configuration)( \(\w+\))?: /i, '') || 'no reason given';
  if (/context was not found|context ".*" does not exist/.test(said)) {
    return `kubectl knows no context '${context}'; 'kubectl config get-contexts' lists those it knows`;
  }
  if (/Forbidden|forbidden:/.test(stderr)) {
    return `not allowed: ${said}; ask for that right, or take another --context`;
  }
  if (/connection to the server .* was refused|Unable to connect|i\/o timeout|context deadline exceeded|Client\.Timeout/.test(said)) {
    return `the cluster does not answer: ${said}; does 'kubectl get namespaces' work with this context?`;
  }
  if (/have a resource type/.test(said)) {
    return `${said}: the plan's target is of a kind that this cluster does not know`;
  }
  return `kubectl: ${said}`;
}
