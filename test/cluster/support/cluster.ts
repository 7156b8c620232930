import { spawn, SpawnOptionsWithoutStdio } from 'node:child_process';

/** Where the tests find what they need; each may be absent. */
const KUBECTL = process.env.KUBECTL ?? 'kubectl';
const TOOLS = process.env.PREWARM_TOOLS;
const SIMULATION = process.env.PREWARM_CLUSTER;
export const SIMULATION_DIR = process.env.PREWARM_CLUSTER_DIR;

export interface Needs {
  /** Argo CD's and Flux's engines, Helm 3 and 4. */
  readonly tools?: boolean;
  /** Simulated nodes: load, faults, the audit log. */
  readonly simulation?: boolean;
}

/** `describe` where the cluster and what else is needed are there; otherwise a skipped group that says what is missing. */
export function onCluster(title: string, needs: Needs, body: () => void): void {
  const missing = [
    ...process.env.KUBECONFIG ? [] : ['no cluster: set KUBECONFIG'],
    ...needs.tools && !TOOLS ? ['no tools: set PREWARM_TOOLS'] : [],
    ...needs.simulation && !(SIMULATION && SIMULATION_DIR) ? ['no simulated nodes: set PREWARM_CLUSTER and PREWARM_CLUSTER_DIR'] : [],
  ];
  if (missing.length === 0) {
    describe(title, body);
  } else {
    describe.skip(`${title} (skipped, ${missing.join('; ')})`, body);
  }
}

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program; `stdin` is its input. */
export function run(program: string, args: readonly string[], stdin?: string, options: SpawnOptionsWithoutStdio = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, options);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', chunk => { stdout += chunk; });
    child.stderr.on('data', chunk => { stderr += chunk; });
    child.on('error', reject);
    child.on('close', code => resolve({ code: code ?? -1, stdout, stderr }));
    // who ends before it has read says why by its exit code
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin ?? '');
  });
}

/** kubectl, whatever it answers. */
export function tryKubectl(args: readonly string[], stdin?: string): Promise<Result> {
  return run(KUBECTL, args, stdin);
}

/** kubectl's standard output. */
export async function kubectl(args: readonly string[], stdin?: string): Promise<string> {
  return succeeded(`kubectl ${args.join(' ')}`, await tryKubectl(args, stdin));
}

/** One of the tools that apply manifests in real life. */
export function tryTool(name: string, args: readonly string[]): Promise<Result> {
  return run(TOOLS!, [name, ...args]);
}

export async function tool(name: string, ...args: string[]): Promise<string> {
  return succeeded(`${name} ${args.join(' ')}`, await tryTool(name, args));
}

/** A command of the simulated cluster, such as `stop etcd`. */
export async function simulation(...args: string[]): Promise<string> {
  return succeeded(args.join(' '), await run(SIMULATION!, [...args, '--dir', SIMULATION_DIR!]));
}

/** Changes how the simulated nodes behave; what is left out stays, `api: {}` ends all faults. */
export async function simulate(settings: object): Promise<void> {
  const live = JSON.parse(await kubectl(['-n', 'kube-system', 'get', 'cm', 'simulation', '-o', 'jsonpath={.data.simulation\\.json}']));
  const data = { 'simulation.json': JSON.stringify({ ...live, ...settings }) };
  await kubectl(['-n', 'kube-system', 'patch', 'cm', 'simulation', '--type', 'merge', '-p', JSON.stringify({ data })]);
}

export const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** Waits until `check` answers something, and returns it; fails with the last reason after `withinMs`. */
export async function eventually<T>(what: string, withinMs: number, check: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + withinMs;
  let reason = 'not so';
  for (;;) {
    try {
      const answer = await check();
      if (answer !== undefined && answer !== false) {
        return answer;
      }
      reason = 'not so';
    } catch (error) {
      reason = (error as Error).message;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${withinMs / 1000} s (${reason})`);
    }
    await sleep(250);
  }
}

function succeeded(what: string, { code, stdout, stderr }: Result): string {
  if (code !== 0) {
    throw new Error(`${what} ended with ${code}: ${stderr}${stdout}`);
  }
  return stdout;
}
