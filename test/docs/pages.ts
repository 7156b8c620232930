import { Command } from 'commander';
import { fieldsOf, schemaOf } from './schemas';
import { program } from '../../src/cli/program';
import { FakeIo } from '../cli/fake-io';

/** Pages of docs/reference whose tables are written by `npx projen reference`. */
export const PAGES = ['command-line.md', 'json.md', 'plan.md'];

/** A part of a page that follows from the code: `<!-- begin command plan -->` to `<!-- end -->`. */
const PART = /(<!-- begin (\w+) ([\w-]+) -->\n)[^]*?(<!-- end -->)/g;

/** The page with each of its parts as the code says today. */
export function filled(page: string): string {
  return page.replace(PART, (_, begin: string, kind: string, name: string, end: string) => `${begin}\n${partOf(kind, name)}\n\n${end}`);
}

/** `command plan` of each part that a page has. */
export function partsIn(page: string): string[] {
  return [...page.matchAll(PART)].map(([, , kind, name]) => `${kind} ${name}`);
}

function partOf(kind: string, name: string): string {
  switch (kind) {
    case 'command': return commandPart(commandNamed(name));
    case 'fields': return fieldsPart(name);
    default: throw new Error(`no part '${kind}'; known are 'command NAME' and 'fields SCHEMA'`);
  }
}

export function commands(): readonly Command[] {
  return program(new FakeIo({ columns: 120 })).commands;
}

function commandNamed(name: string): Command {
  const found = commands().find(command => command.name() === name);
  if (!found) {
    throw new Error(`no command '${name}'`);
  }
  return found;
}

function commandPart(command: Command): string {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  return [
    ...help.commandDescription(command).split('\n'),
    '',
    '```text',
    help.commandUsage(command),
    '```',
    '',
    ...tableOf(['argument', 'meaning'], help.visibleArguments(command).map(argument => [`\`${argument.name()}\``, help.argumentDescription(argument)])),
    ...tableOf(['option', 'meaning'], options.map(option => [`\`${option.flags}\``, help.optionDescription(option)])),
    '```text',
    textAfterHelp(command),
    '```',
  ].join('\n');
}

function fieldsPart(name: string): string {
  return tableOf(['field', 'type', 'always there', 'meaning'], fieldsOf(schemaOf(name)).map(({ path, type, isRequired, description }) =>
    [`\`${path.replace(/^\[\]\./, '')}\``, type, isRequired ? 'yes' : 'no', description])).join('\n').trimEnd();
}

/** Examples and exit codes: what `--help` prints below the options. */
function textAfterHelp(command: Command): string {
  let text = '';
  const output = { writeOut: (part: string) => void (text += part) };
  command.configureOutput(output).outputHelp();
  return text.slice(command.helpInformation().length).trim();
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
  return rows.length === 0 ? [] : [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}
