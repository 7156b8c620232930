import { sleep, tryKubectl } from './cluster';
import { Namespace } from './namespace';
import { run } from '../../../src/cli/program';
import { FakeIo } from '../../cli/fake-io';

export interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** `prewarm` in a namespace, through the real kubectl. */
export function prewarm(namespace: Namespace, ...argv: string[]): Promise<Ended> {
  return prewarmAs(namespace, [], ...argv);
}

/** The same, with manifests on its standard input. */
export function prewarmReading(namespace: Namespace, manifests: string, ...argv: string[]): Promise<Ended> {
  return ended(namespace, [], argv, manifests);
}

/** The same, with flags of kubectl such as `--as`. */
export function prewarmAs(namespace: Namespace, flags: readonly string[], ...argv: string[]): Promise<Ended> {
  return ended(namespace, flags, argv);
}

async function ended(namespace: Namespace, flags: readonly string[], argv: readonly string[], manifests?: string): Promise<Ended> {
  const io = new class extends FakeIo {
    public now() {
      return Date.now();
    }

    public async sleep(ms: number) {
      await sleep(ms);
    }
  }({
    stdin: manifests,
    spawn: async (_, args, input) => {
      const { code, stdout, stderr } = await tryKubectl([...flags, ...args], input);
      return { exitCode: code, stdout, stderr };
    },
  });
  const exitCode = await run([...argv, '-n', namespace.name], io);
  return { exitCode, out: io.stdout.join('\n'), err: io.stderr.join('\n') };
}
