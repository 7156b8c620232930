import { join } from 'node:path';
import { Command } from 'commander';
import { fieldsOf, schemaOf } from './schemas';
import { synthesized } from './synth';
import { ScheduleTarget } from '../../src';
import { program } from '../../src/cli/program';
import { STATUS_FINDINGS } from '../../src/cli/standing/findings';
import { FindingKinds } from '../../src/core/finding';
import { byText } from '../../src/core/order';
import { DECISION_FINDINGS } from '../../src/core/plan/decision-findings';
import { TARGET_KINDS } from '../../src/core/plan/target-kind';
import { KEEPER_FINDINGS } from '../../src/keeper/findings';
import { ALLOWANCE_FINDINGS } from '../../src/manifests/allowances';
import { CHECKS } from '../../src/manifests/checks';
import { FakeIo, prewarm } from '../cli/fake-io';

const DOCS = join(__dirname, '../../docs');

/** Pages of docs/ with parts that `npx projen reference` writes. */
export const PAGES = ['tutorial.md', 'reference/command-line.md', 'reference/findings.md', 'reference/json.md', 'reference/plan.md', 'reference/targets.md'];

/** A part of a page that follows from the code: `<!-- begin command plan -->` to `<!-- end -->`. */
const PART = /(<!-- begin (\w+) ([\w-]+) -->\n)[^]*?(<!-- end -->)/g;

export function pathOf(page: string): string {
  return join(DOCS, page);
}

/** The page with each of its parts as the code says today. */
export async function filled(page: string): Promise<string> {
  let text = '';
  let last = 0;
  for (const { index, 0: all, 1: begin, 2: kind, 3: name, 4: end } of page.matchAll(PART)) {
    text += `${page.slice(last, index)}${begin}\n${await partOf(kind, name, page.slice(0, index))}\n\n${end}`;
    last = index + all.length;
  }
  return text + page.slice(last);
}

/** `command plan` of each part that a page has. */
export function partsIn(page: string): string[] {
  return [...page.matchAll(PART)].map(([, , kind, name]) => `${kind} ${name}`);
}

async function partOf(kind: string, name: string, before: string): Promise<string> {
  switch (kind) {
    case 'command': return commandPart(await commandNamed(name));
    case 'fields': return fieldsPart(name);
    case 'output': return outputPart(Number(name), before);
    case 'findings': return findingsPart(name);
    case 'targets': return targetsPart();
    default: throw new Error(`no part '${kind}'; known are 'command NAME', 'fields SCHEMA', 'findings ROOM', 'targets kinds' and 'output LINES'`);
  }
}

/** The first lines that the last command before the part prints, in the app whose code stands before it. */
async function outputPart(lines: number, before: string): Promise<string> {
  const [, code] = /^```ts nofixture\n([^]*?)^```$/m.exec(before)!;
  const [, command] = [...before.matchAll(/^npx prewarm (.*)$/gm)].pop()!;
  const { exitCode, out, err } = await prewarm(command.replaceAll("'", '').replaceAll('dist/', 'dist').split(' '), { files: synthesized(code), columns: 100 });
  if (exitCode !== 0) {
    throw new Error(`prewarm ${command}: exit code ${exitCode}\n${err}`);
  }
  const all = out.split('\n');
  return ['```text', ...all.slice(0, lines), ...all.length > lines ? ['...'] : [], '```'].join('\n');
}

/** All kinds of findings, by the room that makes them. */
export const FINDINGS: { readonly [room: string]: FindingKinds } = {
  plan: { ...Object.fromEntries(CHECKS.map(check => [check.id, check])), ...ALLOWANCE_FINDINGS },
  keeper: { ...DECISION_FINDINGS, ...KEEPER_FINDINGS },
  status: STATUS_FINDINGS,
};

function findingsPart(room: string): string {
  const rows = Object.entries(FINDINGS[room]).map(([id, { severities, meaning }]) => [`\`${id}\``, severities.join(' or '), meaning]);
  return tableOf(['id', 'severity', 'meaning'], rows.sort(([a], [b]) => byText(a, b))).join('\n').trimEnd();
}

function targetsPart(): string {
  const factories = Object.getOwnPropertyNames(ScheduleTarget).filter(name => /^from\w+Name$/.test(name))
    .map(name => ({ name, kind: (ScheduleTarget as any)[name]('name').kind as string }));
  const rows = TARGET_KINDS.map(({ apiVersion, kind, shortName, floor, ceiling, floorSeries }) => [
    `${kind} (\`${shortName}\`)`,
    `\`${apiVersion}\``,
    factories.filter(factory => factory.kind === kind).map(({ name }) => `\`${name}\``).join(', '),
    `\`${floor.field}\`, ${floor.default} where it is left out`,
    ceiling ? `\`${ceiling.field}\`${ceiling.default === undefined ? '' : `, ${ceiling.default} where it is left out`}` : 'none',
    `\`${floorSeries!('NAME').metric}\``,
  ]);
  return tableOf(['kind', 'API version', 'named by', 'floor', 'ceiling', 'live floor in Prometheus'], rows).join('\n').trimEnd();
}

export async function commands(): Promise<readonly Command[]> {
  return (await program(new FakeIo({ columns: 120 }))).commands;
}

async function commandNamed(name: string): Promise<Command> {
  const found = (await commands()).find(command => command.name() === name);
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
