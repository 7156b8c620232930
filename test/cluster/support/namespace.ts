import { kubectl, tryKubectl } from './cluster';

/** A namespace of a test's own, which enforces the restricted Pod Security Standard. */
export class Namespace {
  /** Makes one before the tests of this group, and deletes it after them. Its name is known within tests only. */
  public static forGroup(prefix: string): Namespace {
    const namespace = new Namespace(`${prefix}-${Date.now().toString(36)}${process.env.JEST_WORKER_ID ?? ''}`);
    beforeAll(() => namespace.create());
    afterAll(() => namespace.delete());
    return namespace;
  }

  /** One with a given name, which the test itself makes and deletes. */
  public static named(name: string): Namespace {
    return new Namespace(name);
  }

  private constructor(public readonly name: string) {}

  public async create(): Promise<void> {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/enforce-version': 'latest' };
    await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.name, labels } }));
  }

  public async delete(): Promise<void> {
    await tryKubectl(['delete', 'namespace', this.name, '--wait=false']);
  }

  /** kubectl in this namespace. */
  public kubectl(args: readonly string[], stdin?: string): Promise<string> {
    return kubectl(['-n', this.name, ...args], stdin);
  }

  /** kubectl in this namespace, whatever it answers. */
  public tryKubectl(args: readonly string[], stdin?: string) {
    return tryKubectl(['-n', this.name, ...args], stdin);
  }

  /** Applies manifests; flags such as `--server-side`. */
  public apply(manifests: string, ...flags: string[]): Promise<string> {
    return this.kubectl(['apply', ...flags, '-f', '-'], manifests);
  }

  public async get(kind: string, name: string): Promise<any> {
    return JSON.parse(await this.kubectl(['get', kind, name, '-o', 'json', '--show-managed-fields']));
  }

  public async list(kind: string, selector = ''): Promise<any[]> {
    return JSON.parse(await this.kubectl(['get', kind, '-o', 'json', ...selector ? ['-l', selector] : []])).items;
  }

  /** A merge patch by a hand of its own. */
  public patch(kind: string, name: string, patch: object, ...flags: string[]): Promise<string> {
    return this.kubectl(['patch', kind, name, '--type', 'merge', '-p', JSON.stringify(patch), ...flags]);
  }

  /** minReplicas of an autoscaler. */
  public async floor(name: string): Promise<number> {
    return (await this.get('hpa', name)).spec.minReplicas;
  }

  /** maxReplicas of an autoscaler. */
  public async ceiling(name: string): Promise<number> {
    return (await this.get('hpa', name)).spec.maxReplicas;
  }

  /** Pods of a Deployment that are there and not on their way out. */
  public async pods(selector: string): Promise<any[]> {
    return (await this.list('pods', selector)).filter(pod => !pod.metadata.deletionTimestamp);
  }

  public async readyPods(selector: string): Promise<number> {
    return (await this.pods(selector)).filter(isReady).length;
  }

  /** What a job's pods wrote. */
  public async logsOf(job: string): Promise<string> {
    return (await this.tryKubectl(['logs', '-l', `job-name=${job}`, '--tail=-1'])).stdout;
  }
}

export function isReady(pod: any): boolean {
  return (pod.status?.conditions ?? []).some((condition: any) => condition.type === 'Ready' && condition.status === 'True');
}
