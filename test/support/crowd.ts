import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Server, createServer } from 'node:https';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { Plan } from '../../src/core/plan/plan';

const FIXTURES = join(__dirname, '..', 'keeper', 'fixtures');
const CERTIFICATE = readFileSync(join(FIXTURES, 'cert.pem'), 'utf8');

/** What a process of the keeper has seen in one look, and taken at most so far. */
export interface MeasuredLook {
  readonly missing: readonly string[];
  readonly requests: number;
  readonly peakMegabytes: number;
}

/** An API server with a workload of many large pods, none of which is ready, and a process of the keeper that looks at them. */
export class Crowd {
  /** Of all answers. */
  public bytes = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), 'crowd-'));
  private readonly server: Server;
  /** Made once: this process shares its processor with the one that is measured. */
  private readonly pages = new Map<number, string>();

  constructor(private readonly plan: Plan, private readonly pods: number, private readonly podKilobytes: number) {
    buildSync({ entryPoints: [join(FIXTURES, 'looks.ts')], bundle: true, platform: 'node', outfile: join(this.folder, 'looks.js'), logLevel: 'error' });
    this.server = createServer({ cert: CERTIFICATE, key: readFileSync(join(FIXTURES, 'key.pem')) }, (request, response) => {
      const { pathname, searchParams } = new URL(request.url!, 'https://api');
      const body = pathname.endsWith('/pods')
        ? this.podsFrom(Number(searchParams.get('continue') ?? 0), Number(searchParams.get('limit')))
        : JSON.stringify(this.objectAt(pathname));
      this.bytes += body.length;
      response.writeHead(200, { 'content-type': 'application/json', 'date': new Date(plan.openings[0].readyBy).toUTCString() }).end(body);
    });
  }

  /** Has a process of its own look so often, with flags of `node`. */
  public async look(times: number, flags: readonly string[]): Promise<MeasuredLook[]> {
    if (!this.server.listening) {
      await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve));
    }
    const { port } = this.server.address() as AddressInfo;
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...flags, join(this.folder, 'looks.js'), String(port), CERTIFICATE, JSON.stringify(this.plan), String(times),
    ]);
    return stdout.trim().split('\n').map(line => JSON.parse(line));
  }

  public async close(): Promise<void> {
    rmSync(this.folder, { recursive: true });
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  private objectAt(pathname: string): object {
    const { target, workload } = this.plan;
    const metadata = { name: 'queue', namespace: 'shop', uid: 'u', resourceVersion: '1' };
    if (pathname.endsWith('/scale')) {
      return { kind: 'Scale', metadata, status: { replicas: this.pods, selector: 'app=queue' } };
    }
    return pathname.includes('autoscalers')
      ? { ...target, metadata, spec: { minReplicas: this.pods, maxReplicas: this.pods, scaleTargetRef: workload } }
      : { ...workload, metadata, spec: { replicas: this.pods, selector: { matchLabels: { app: 'queue' } } }, status: { replicas: this.pods } };
  }

  private podsFrom(from: number, limit: number): string {
    const count = Math.min(limit, this.pods - from);
    const items = this.pages.get(count) ?? JSON.stringify(Array.from({ length: count }, (_, i) => this.podAt(i)));
    this.pages.set(count, items);
    return `{"kind":"PodList","metadata":${from + limit < this.pods ? `{"continue":"${from + limit}"}` : '{}'},"items":${items}}`;
  }

  private podAt(index: number): object {
    const state = index % 2 ? { running: {} } : { waiting: { reason: 'ContainerCreating' } };
    // many small strings, as a pod has
    const annotations = Object.fromEntries(
      Array.from({ length: this.podKilobytes * 8 }, (_, i) => [`key-${index}-${i}`.padEnd(40, 'k'), `${index}-${i}`.padEnd(80, 'v')]));
    return {
      metadata: {
        name: `queue-${index}`,
        labels: { 'app': 'queue', 'pod-template-hash': '5d9c7' },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'queue-5d9c7', controller: true }],
        annotations,
      },
      spec: { nodeName: 'a' },
      status: {
        phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True' }], containerStatuses: [{ name: 'app', started: true, restartCount: 0, state }],
      },
    };
  }
}
