import { Entry, Finished, Io } from '../../src/cli/io';
import { run } from '../../src/cli/program';
import { EpochMs } from '../../src/core/time/instant';

export interface World {
  /** By path. */
  readonly files?: { readonly [path: string]: string };
  readonly stdin?: string;
  readonly now?: string;
  readonly columns?: number;
  readonly colors?: boolean;
  readonly spawn?: Io['spawn'];
}

export interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** What was written, by path. */
  readonly written: { readonly [path: string]: string };
}

/** Runs the program in a world of its own. */
export async function prewarm(argv: readonly string[], world: World = {}): Promise<Outcome> {
  const io = new FakeIo(world);
  const exitCode = await run(argv, io);
  return { exitCode, out: io.stdout.join('\n'), err: io.stderr.join('\n'), written: io.written };
}

export class FakeIo implements Io {
  public readonly stdout: string[] = [];
  public readonly stderr: string[] = [];
  /** What stood on the line of progress, one after the other. */
  public readonly shown: string[] = [];
  public readonly written: { [path: string]: string } = {};
  public readonly version = '1.2.3';
  public readonly columns: number;
  public readonly colors: boolean;
  private clock: EpochMs;

  constructor(private readonly world: World = {}) {
    this.columns = world.columns ?? 120;
    this.colors = world.colors ?? false;
    this.clock = Date.parse(world.now ?? '2026-11-22T12:00:00Z');
  }

  public out(text: string): void {
    this.stdout.push(text);
  }

  public err(text: string): void {
    this.stderr.push(text);
  }

  public progress(text: string): void {
    this.shown.push(text);
  }

  public now(): EpochMs {
    return this.clock;
  }

  public async sleep(ms: number): Promise<void> {
    this.clock += ms;
  }

  public async list(path: string): Promise<readonly Entry[] | undefined> {
    const files = this.world.files ?? {};
    if (path in files) {
      return undefined;
    }
    const inside = Object.keys(files).filter(file => file.startsWith(`${path}/`)).map(file => file.slice(path.length + 1).split('/'));
    if (inside.length === 0) {
      throw Object.assign(new Error(`ENOENT: no such file or directory, stat '${path}'`), { code: 'ENOENT' });
    }
    return [...new Set(inside.map(([name]) => name))].sort()
      .map(name => ({ name, isFolder: inside.some(parts => parts[0] === name && parts.length > 1) }));
  }

  public async readFile(path: string): Promise<string> {
    const text = this.world.files?.[path];
    if (text === undefined) {
      throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
    }
    return text;
  }

  public async readStdin(): Promise<string> {
    return this.world.stdin ?? '';
  }

  public async writeFile(path: string, text: string): Promise<void> {
    this.written[path] = text;
  }

  public async spawn(command: string, args: readonly string[], input?: string): Promise<Finished> {
    return this.world.spawn?.(command, args, input) ?? { exitCode: 127, stdout: '', stderr: `${command}: not found` };
  }
}
