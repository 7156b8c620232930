import { spawn } from 'node:child_process';
import { readFile, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { Finished, Io, WrongInput } from './io';
import { run } from './program';
import { checkSize, textOfBytes } from './text';

/** The width of a terminal that does not tell its own. */
const COLUMNS = 120;

const { stdout, stderr, stdin, env } = process;

const world: Omit<Io, 'version'> = {
  out: line => void stdout.write(`${line}\n`),
  err: line => void stderr.write(`${line}\n`),
  progress: line => {
    if (stderr.isTTY && env.TERM !== 'dumb') {
      // the cursor goes back to the left, and the rest of the line is cleared
      stderr.write(`\r\u001b[K${line.slice(0, (stderr.columns || COLUMNS) - 1)}`);
    }
  },
  now: Date.now,
  sleep: setTimeout,
  columns: stdout.columns || Number(env.COLUMNS) || COLUMNS,
  // https://no-color.org
  colors: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
  list: async path => (await stat(path)).isDirectory()
    ? (await readdir(path, { withFileTypes: true }))
      .map(entry => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => a.name < b.name ? -1 : 1)
    : undefined,
  readFile: async path => {
    checkSize((await stat(path)).size);
    return textOfBytes(await readFile(path));
  },
  readStdin,
  writeFile: replaceFile,
  spawn: async (command, args, input) => new Promise<Finished>((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe' });
    child.on('error', error => reject(new WrongInput(`cannot run '${command}': ${error.message}`)));
    // a program that ends without reading its input is no fault of ours
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const ended = new Promise<number>(done => child.on('close', code => done(code ?? 1)));
    Promise.all([text(child.stdout), text(child.stderr), ended])
      .then(([out, err, exitCode]) => resolve({ exitCode, stdout: out, stderr: err }), reject);
  }),
};

/** No more than a file may have, whatever goes on coming. */
async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk);
    checkSize(size += chunk.length);
  }
  return textOfBytes(Buffer.concat(chunks));
}

/** All or nothing: what stood there stays until the new text is complete. */
async function replaceFile(path: string, content: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there && !there.isFile()) {
    // a device or a pipe has nothing to lose, and must not be replaced
    return writeFile(path, content);
  }
  const file = there ? await realpath(path) : path;
  const fresh = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(fresh, content, { mode: there?.mode });
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/**
 * Runs the command line of this process.
 *
 * @param version of the package
 */
export async function main(version: string): Promise<void> {
  // `prewarm plan ... | head` closes our stdout early, and that is all right
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));
  try {
    process.exitCode = await run(process.argv.slice(2), { ...world, version });
  } catch (error) {
    const { message = error, stack } = (error ?? {}) as Partial<Error>;
    world.err(`prewarm: ${message}; this is a bug of prewarm, ${env.PREWARM_DEBUG ? stack : 'please report it with what PREWARM_DEBUG=1 says'}`);
    process.exitCode = 2;
  }
}
