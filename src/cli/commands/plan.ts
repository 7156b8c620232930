import { Command } from 'commander';
import { formatSome } from '../../core/time/numbers';
import { Allowance } from '../../manifests/allowances';
import { checklistOf } from '../../manifests/checklist';
import { Deployed } from '../../manifests/deployed';
import { diffOf } from '../../manifests/diff';
import { PlanFinding, isStopped } from '../../manifests/finding';
import { findingsOf } from '../../manifests/findings';
import { calendarText } from '../../report/calendar-text';
import { checklistJson, checklistText } from '../../report/checklist';
import { diffText } from '../../report/diff-text';
import { icalendar } from '../../report/icalendar';
import { planJson } from '../../report/plan-json';
import { planText } from '../../report/plan-text';
import { styleOf } from '../../report/style';
import { allowArgument, fileArgument, formatFinding, instantArgument, leadDaysArgument, nodeArgument } from '../arguments';
import { FallsShort, Io, WrongInput } from '../io';
import { Kubectl } from '../kubectl';
import { readLive } from '../live';
import { readDeployed, write } from '../manifests';

interface PlanOptions {
  readonly at?: number;
  readonly calendar?: true;
  readonly checklist?: true;
  readonly node?: { readonly cpu: number; readonly memory: number };
  readonly leadDays?: ReadonlyMap<string, number>;
  readonly all?: true;
  readonly json?: true;
  readonly svg?: string;
  readonly ics?: string;
  readonly diff?: string;
  readonly live?: true;
  readonly context?: string;
  readonly exitCode?: true;
  readonly strict?: true;
  readonly namespace?: string;
  readonly excerpt?: true;
  readonly allow?: readonly Allowance[];
}

export function planCommand(io: Io): Command {
  return new Command('plan')
    .description('Prints the calendar that manifests hold: which floor rises and falls, when, and to what. Warns of problems.')
    .argument('<manifests...>', "files, folders with all below them, or '-' for stdin")
    .option('--at <instant>', 'show the calendar as of this instant (default: now)', instantArgument)
    .option('--calendar', 'print one line an opening')
    .option('--checklist', 'print what has to be asked for before, by which date: quotas, addresses, reservations')
    .option('--node <cpu,memory>', "size of a node, for --checklist, such as '16,64Gi'", nodeArgument)
    .option('--lead-days <item=days>', 'days that an item of --checklist needs; may be given again', leadDaysArgument)
    .option('--all', 'show every opening and every service in rows of their own')
    .option('--json', 'print JSON for programs')
    .option('--svg <file>', 'draw floors and ceilings over time into a file', fileArgument)
    .option('--ics <file>', 'write the openings as a file for calendar programs', fileArgument)
    .option('--diff <old>', 'print only what changes from the manifests <old> (for a pull request)')
    .option('--live', 'the same from what is in the cluster, read through your kubectl')
    .option('--context <name>', "one of kubectl's contexts, for --live (default: the current one)")
    .option('--exit-code', 'exit code 1 if --diff or --live finds a change')
    .option('-n, --namespace <namespace>', 'put objects that name no namespace into this one')
    .option('--excerpt', 'the manifests are a part of a deploy: say nothing of what is not among them')
    .option('--strict', 'exit code 1 for a warning too, not only for an error')
    .option('--allow <id=reason>', 'let warnings of this id be, and say why; may be given again', allowArgument)
    .addHelpText('after', `
Examples:
  $ prewarm plan dist/
  $ kubectl get configmaps,hpa,deployments -o yaml | prewarm plan - --excerpt
  $ prewarm plan dist/ --svg plan.svg --ics openings.ics
  $ prewarm plan dist/ --diff main/dist/
  $ prewarm plan dist/ --checklist --node 16,64Gi

Findings go to stderr; docs/reference/findings.md says what each means, and how an object allows one for itself.
Exit code 0: done, 1: an error, or what --strict or --exit-code asks for, 2: the command line or a manifest is wrong.`)
    .action((paths: string[], options: PlanOptions) => plan(paths, options, io));
}

async function plan(paths: readonly string[], options: PlanOptions, io: Io): Promise<void> {
  if (options.exitCode && options.diff === undefined && !options.live) {
    throw new WrongInput('--exit-code needs --diff OLD, whose changes it tells; --strict tells of warnings');
  }
  if (options.checklist && (options.calendar || options.diff !== undefined || options.live)) {
    throw new WrongInput('--checklist is an answer of its own, as --calendar, --diff and --live are; take one of them');
  }
  if (!options.checklist && (options.node ?? options.leadDays)) {
    throw new WrongInput(`${options.node ? '--node' : '--lead-days'} is for --checklist; add it`);
  }
  if (options.calendar && (options.json || options.diff !== undefined || options.live)) {
    throw new WrongInput('--calendar is an answer of its own, as --json, --diff and --live are; take one of them');
  }
  if (options.diff !== undefined && options.live) {
    throw new WrongInput('--diff and --live name two things to compare with; take one of them');
  }
  const now = options.at ?? io.now();
  const style = styleOf(io.colors);
  const deployed = await readDeployed(paths, io, options.namespace);
  const before = await beforeOf(deployed, options, io);
  const findings = findingsOf({ deployed, now, isExcerpt: options.excerpt ?? false, ...before ? { before } : {} }, options.allow);
  const changes = before ? diffOf(before, deployed) : [];
  const checklist = options.checklist ? checklistOf(deployed, { now, node: options.node, leadDays: options.leadDays }) : undefined;
  if (checklist) {
    io.out(options.json
      ? JSON.stringify(checklistJson(checklist, now), undefined, 2)
      : checklistText(checklist, { now, columns: io.columns, style }));
  } else if (before) {
    io.out(options.json ? JSON.stringify(changes, undefined, 2) : diffText(changes, style));
  } else if (options.json) {
    io.out(JSON.stringify(planJson(deployed.services, findings, now), undefined, 2));
  } else {
    io.out((options.calendar ? calendarText : planText)(deployed.services, { now, columns: io.columns, style, all: options.all ?? false }));
  }
  if (options.svg !== undefined) {
    // the charting library costs more to load than all the rest, and is rarely asked for
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { planSvg } = require('../../report/plan-svg') as typeof import('../../report/plan-svg');
    await write(options.svg, planSvg(deployed.services, now), io);
  }
  if (options.ics !== undefined) {
    await write(options.ics, icalendar(deployed.services, now, checklist), io);
  }
  tell(findings, io);
  if (isStopped(findings, options.strict ?? false) || (options.exitCode && changes.length > 0)) {
    throw new FallsShort();
  }
}

/** What the manifests are compared with; undefined: nothing. */
async function beforeOf(deployed: Deployed, { diff, live, namespace, context }: PlanOptions, io: Io): Promise<Deployed | undefined> {
  if (live) {
    return readLive(deployed, new Kubectl(io, { context }));
  }
  return diff === undefined ? undefined : readDeployed([diff], io, namespace);
}

/** What somebody allows is counted only: it has been read before. */
function tell(findings: readonly PlanFinding[], io: Io): void {
  for (const finding of findings.filter(({ allowed }) => allowed === undefined)) {
    io.err(formatFinding(finding));
  }
  const allowed = findings.filter(finding => finding.allowed !== undefined);
  if (allowed.length > 0) {
    const ids = [...new Set(allowed.map(({ id }) => id))];
    io.err(`${formatSome(allowed.length, 'finding')} allowed: ${ids.join(', ')}; --json has the reasons`);
  }
}
