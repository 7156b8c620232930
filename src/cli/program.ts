import { Command, CommanderError } from 'commander';
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
    await (await program(guarded(io), argv)).parseAsync(argv, { from: 'user' });
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

/**
 * The command line as its own definitions have it.
 *
 * @param argv what was asked for: a command that it does not name has a name and a summary only, since loading all of them
 *   takes as long as starting Node does. Absent: every command is whole.
 */
export async function program(io: Io, argv?: readonly string[]): Promise<Command> {
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
  for (const { name, summary, load } of COMMANDS) {
    const command = !argv || argv.includes(name) ? (await load())(io) : new Command(name);
    root.addCommand(command.summary(summary).copyInheritedSettings(root));
  }
  // the words after a command are its own matter, and not known of one that is not loaded
  return root.configureHelp({ subcommandTerm: command => command.name() });
}

// a part of the bundle each, which is loaded only when it is asked for
/* eslint-disable @typescript-eslint/no-require-imports */
/** Each adds one word to the command line. */
const COMMANDS: readonly { readonly name: string; readonly summary: string; readonly load: () => Promise<(io: Io) => Command> }[] = [
  { name: 'plan', summary: 'print the calendar that manifests hold', load: async () => require('./commands/plan').planCommand },
  { name: 'rehearse', summary: 'play an opening against the manifests, in simulated time', load: async () => require('./commands/rehearse').rehearseCommand },
  { name: 'wait', summary: 'wait after a deploy until every arm job has proved it', load: async () => require('./commands/wait').waitCommand },
  { name: 'status', summary: 'say go or no-go for what runs in a cluster, and why', load: async () => require('./commands/status').statusCommand },
  { name: 'override', summary: 'ask for another floor than the plan, until a stated time', load: async () => require('./commands/override').overrideCommand },
  { name: 'postpone', summary: 'put an opening off by minutes, on the night', load: async () => require('./commands/postpone').postponeCommand },
  { name: 'adopt', summary: 'prepare services that live already for their first deploy', load: async () => require('./commands/adopt').adoptCommand },
  { name: 'leave', summary: 'take a schedule out of a cluster, and keep every pod', load: async () => require('./commands/leave').leaveCommand },
  { name: 'openings', summary: 'make a list of openings of a calendar file', load: async () => require('./commands/openings').openingsCommand },
];
