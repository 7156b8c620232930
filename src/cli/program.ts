import { Command, CommanderError } from 'commander';
import { openingsCommand } from './commands/openings';
import { overrideCommand } from './commands/override';
import { planCommand } from './commands/plan';
import { postponeCommand } from './commands/postpone';
import { rehearseCommand } from './commands/rehearse';
import { statusCommand } from './commands/status';
import { waitCommand } from './commands/wait';
import { FallsShort, Io, WrongInput } from './io';
import { printable } from './text';

/**
 * The whole program.
 *
 * Answers go to stdout, everything said to a person to stderr.
 *
 * @returns 0: done, 1: the plan falls short, 2: the command line or the input is wrong
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    await program(guarded(io)).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? 0 : 2;
    }
    if (error instanceof FallsShort || error instanceof WrongInput) {
      if (error.message) {
        io.err(printable(error.message));
      }
      return error instanceof FallsShort ? 1 : 2;
    }
    throw error;
  }
}

/** The same world, whose terminal nothing in a manifest can steer. */
function guarded(io: Io): Io {
  return Object.assign(Object.create(io) as Io, {
    out: (text: string) => io.out(printable(text)),
    err: (text: string) => io.err(printable(text)),
    progress: (text: string) => io.progress(printable(text)),
  });
}

/** The command line as its own definitions have it. */
export function program(io: Io): Command {
  const root = new Command('prewarm')
    .description('Shows, rehearses and checks what cdk8s-prewarm has put into your manifests and your cluster.')
    .version(io.version)
    .exitOverride()
    .configureOutput({
      writeOut: text => io.out(text.trimEnd()),
      writeErr: text => io.err(text.trimEnd()),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
    })
    .showHelpAfterError('(prewarm --help, or prewarm COMMAND --help, says more)')
    .helpCommand(false);
  for (const command of COMMANDS) {
    root.addCommand(command(io).copyInheritedSettings(root));
  }
  return root;
}

/** Each adds one word to the command line. */
const COMMANDS: readonly ((io: Io) => Command)[] = [
  planCommand, rehearseCommand, waitCommand, statusCommand, overrideCommand, postponeCommand, openingsCommand,
];
