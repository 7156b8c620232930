import { Command } from 'commander';
import { Finding, textOf } from '../../core/finding';
import { isMalformed } from '../../core/plan/override';
import { EpochMs, isoOf } from '../../core/time/instant';
import { formatSome } from '../../core/time/numbers';
import { formatClock, formatDay, formatSpan, formatZone } from '../../core/time/words';
import { Style, styleOf } from '../../report/style';
import { wrap } from '../../report/table';
import { FallsShort, Io, WrongInput } from '../io';
import { ClusterOptions, Kubectl } from '../kubectl';
import { FoundPlan, Unreadable, findPlans, isRead, viewServices } from '../service-view';
import { withAutoscalers } from '../standing/autoscalers';
import { inContext } from '../standing/commands';
import { withFights } from '../standing/fights';
import { StatusFinding } from '../standing/findings';
import { ASSUMPTIONS } from '../standing/forecast';
import { OrphanFinding, orphansIn } from '../standing/orphans';
import { Question, momentArgument } from '../standing/question';
import { withRefusals } from '../standing/refusals';
import { Standing, standingOf } from '../standing/standing';
import { Forecast, JobStanding } from '../standing/types';
import { clockNear, formatAge, ownerText } from '../standing/words';

/** `prewarm status`: go or no-go, of every service of a namespace or cluster. */
export function statusCommand(io: Io): Command {
  return new Command('status')
    .description('Says for each service whether the cluster is as its plan asks: go, or no-go and why.')
    .option('--context <name>', "one of kubectl's contexts (default: the current one); given again, one answer for all of them", contextArgument)
    .option('-n, --namespace <name>', "the services of this namespace (default: the context's)")
    .option('-A, --all-namespaces', 'the services of all namespaces')
    .option('--for <time>', "whether all can be Ready by then: '10:00' in the event's time zone, or an instant", momentArgument)
    .option('--freeze', 'whether a deploy should wait: no-go inside a window, whatever else is so')
    .option('--watch', 'look again every 5 seconds until interrupted')
    .option('--json', 'print JSON for programs')
    .addHelpText('after', `
Examples:
  $ prewarm status -n marathon
  $ prewarm status --all-namespaces --watch
  $ prewarm status -n marathon --for 10:00
  $ prewarm status -n marathon --freeze && helm upgrade registration ./chart
  $ prewarm status -n marathon --context seoul --context tokyo

Reads through your kubectl. Exit code 0: go, 1: no-go, 2: the command line is wrong, or the cluster cannot be read.`)
    .action(async (options: StatusOptions) => {
      if (options.allNamespaces && options.namespace !== undefined) {
        throw new WrongInput('--namespace and --all-namespaces exclude each other; give one');
      }
      if (options.freeze && options.for !== undefined) {
        throw new WrongInput('--for and --freeze ask two questions; ask one at a time');
      }
      await (options.watch ? watchStatus(io, options) : showStatus(io, options));
    });
}

interface StatusOptions extends Omit<ClusterOptions, 'context'>, Question {
  /** @default - kubectl's current context */
  readonly context?: readonly string[];
  readonly allNamespaces?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

const WATCH_MS = 5_000;
const CLEAR_SCREEN = '\u001b[2J\u001b[3J\u001b[H';

/** Reads a context, of which there may be several. */
function contextArgument(name: string, before: readonly string[] = []): string[] {
  return before.includes(name) ? [...before] : [...before, name];
}

/** All clusters that were asked for. */
interface Overview {
  readonly clusters: readonly Cluster[];
  readonly question: Question;
}

/** Everything in one cluster at one instant. */
interface Cluster {
  /** Absent: kubectl's current context. */
  readonly context?: string;
  readonly at: EpochMs;
  /** Whose clock that is. */
  readonly clock: string;
  readonly standings: readonly Standing[];
  readonly unreadable: readonly (FoundPlan & { readonly plan: Unreadable })[];
  /** What keepers hold without a plan; absent: nobody has looked, or may. */
  readonly orphans?: readonly OrphanFinding[];
}

async function showStatus(io: Io, options: StatusOptions): Promise<void> {
  const overview = await look(io, options);
  io.out(printed(overview, io, options));
  if (!isGo(overview)) {
    throw new FallsShort();
  }
}

/** Until interrupted; a cluster that does not answer for a while is told, and asked again. */
async function watchStatus(io: Io, options: StatusOptions): Promise<never> {
  for (;;) {
    const text = await look(io, options).then(
      overview => printed(overview, io, options),
      error => {
        if (error instanceof WrongInput) {
          return error.message;
        }
        throw error;
      },
    );
    io.out(io.colors ? CLEAR_SCREEN + text : text);
    await io.sleep(WATCH_MS);
  }
}

async function look(io: Io, options: StatusOptions): Promise<Overview> {
  const { context: contexts = [undefined], for: moment, freeze = false } = options;
  const question: Question = { ...(moment ? { for: moment } : {}), freeze };
  return { clusters: await Promise.all(contexts.map(context => lookInto(context, contexts.length > 1, io, options, question))), question };
}

async function lookInto(context: string | undefined, isOneOfSeveral: boolean, io: Io, options: StatusOptions, question: Question): Promise<Cluster> {
  try {
    return await clusterOf(context, io, options, question);
  } catch (error) {
    throw isOneOfSeveral && error instanceof WrongInput ? new WrongInput(`context ${context}: ${error.message}`) : error;
  }
}

async function clusterOf(
  context: string | undefined, io: Io, { namespace, allNamespaces, watch }: StatusOptions, question: Question,
): Promise<Cluster> {
  const kubectl = new Kubectl(io, { context, namespace });
  const [time, plans] = await Promise.all([kubectl.time(), findPlans(kubectl, allNamespaces === true)]);
  // they lie there for days: who asks again and again, or about something else, need not wait for the answer
  const isUsual = question.for === undefined && !question.freeze && !watch;
  const looking = isUsual ? orphansIn(kubectl, plans, allNamespaces === true) : undefined;
  if (plans.length === 0) {
    const held = (await looking)?.map(({ finding }) => `; ${textOf(finding)} ${finding.command}`).join('') ?? '';
    throw new WrongInput((allNamespaces
      ? 'no namespace has a plan of cdk8s-prewarm; deploy one first'
      : `${namespace === undefined ? "the context's namespace" : `namespace ${namespace}`} has no plan of cdk8s-prewarm; `
        + '-n looks into another one, -A into all') + held);
  }
  const unreadable = plans.filter((found): found is FoundPlan & { plan: Unreadable } => 'unreadable' in found.plan);
  const [views, found] = await Promise.all([viewServices(kubectl, plans.filter(isRead), 'tell'), looking]);
  const orphans = found?.map(orphan => ({ ...orphan, finding: inContext(orphan.finding, context) }));
  const told = await withFights(kubectl, await withAutoscalers(kubectl, await withRefusals(kubectl, views, time.now)), time.now);
  const standings = told.map(view => standingOf(view, time.now, question)).map(standing => ({
    ...standing,
    problems: standing.problems.map(problem => inContext(problem, context)),
    notes: standing.notes.map(note => inContext(note, context)),
  }));
  return { ...(context === undefined ? {} : { context }), at: time.now, clock: time.clock, standings, unreadable, ...(orphans ? { orphans } : {}) };
}

function isGo({ clusters }: Overview): boolean {
  return clusters.every(({ unreadable, standings }) => unreadable.length === 0 && standings.every(({ problems }) => problems.length === 0));
}

function printed(overview: Overview, io: Io, { json }: StatusOptions): string {
  return json ? JSON.stringify(documentOf(overview), undefined, 2) : linesOf(overview, Math.min(io.columns, 100), styleOf(io.colors)).join('\n');
}

function unreadableFinding({ unreadable }: Unreadable): StatusFinding {
  return { id: 'plan-unreadable', severity: 'error', sentence: unreadable };
}

// ---- for people

function linesOf(overview: Overview, columns: number, style: Style): string[] {
  const { clusters, question } = overview;
  const standings = clusters.flatMap(cluster => cluster.standings);
  const unreadable = clusters.reduce((sum, cluster) => sum + cluster.unreadable.length, 0);
  const noGo = standings.filter(({ problems }) => problems.length > 0).length + unreadable;
  const all = standings.length + unreadable;
  const some = `${formatSome(all, 'service')}${clusters.length > 1 ? ` in ${clusters.length} clusters` : ''}`;
  return [
    ...clusters.flatMap(cluster => [...clusterLines(cluster, clusters.length > 1, columns, style), '']),
    ...(question.for ? wrap(`assuming that ${ASSUMPTIONS.join(', and that ')}:`, columns) : []),
    noGo === 0 ? style.good(`go: ${some} ${goWords(question)}`) : style.bad(`no-go: ${noGo} of ${some}`),
  ];
}

function goWords({ for: moment, freeze }: Question): string {
  if (moment) {
    return 'can be Ready in time';
  }
  return freeze ? 'outside all windows' : 'as planned';
}

function clusterLines(cluster: Cluster, isOneOfSeveral: boolean, columns: number, style: Style): string[] {
  const { context, at, clock, standings, unreadable, orphans = [] } = cluster;
  const zones = new Set(standings.map(({ timeZone }) => timeZone));
  const zone = zones.size === 1 ? [...zones][0] : 'UTC';
  const where = isOneOfSeveral ? `context ${context}: ` : '';
  return [
    `${where}${formatDay(at, zone)} ${formatClock(at, zone)} ${formatZone(at, zone)}, ${clock}`,
    ...unreadable.flatMap(({ service, namespace, plan }) => ['', ...headOf(service, namespace, [unreadableFinding(plan)], columns, style)]),
    ...standings.flatMap(standing => ['', ...blockOf(standing, at, columns, style)]),
    ...(orphans.length > 0 ? ['', 'without a plan'] : []),
    ...orphans.flatMap(({ finding }) => findingLines('  -', finding, columns)),
  ];
}

function blockOf(standing: Standing, now: EpochMs, columns: number, style: Style): string[] {
  const { service, namespace, problems, notes, ready, live, jobs } = standing;
  const rows: [string, string][] = [
    ['plan', planText(standing, now)],
    ...(standing.next ? [['next', nextText(standing, now)] as [string, string]] : []),
    ...openingTexts(standing, now).map(text => ['opening', text] as [string, string]),
    ...(standing.forecast ? [['forecast', forecastText(standing.forecast, standing, now)] as [string, string]] : []),
    ['override', overrideText(standing, now)],
    ['floor', live ? `${live.floor}, ${ownerText(live.floorOwners[0], now)}` : 'none'],
    ...(live?.ceiling === undefined ? [] : [['ceiling', `${live.ceiling}, ${ownerText(live.ceilingOwners[0], now)}`] as [string, string]]),
    ['ready', `${ready.ready} of ${ready.floor}`],
    ...standing.guards > 0 || standing.plan.events.length > 0 ? [['guards', `${standing.guards} running`] as [string, string]] : [],
    ...jobs.map(job => [job.role, jobText(job, now)] as [string, string]),
  ];
  return [
    ...headOf(service, namespace, problems, columns, style),
    ...rows.flatMap(([word, text]) => hang(`  ${word.padEnd(8)} `, text, columns)),
    ...notes.flatMap(note => findingLines('  -', note, columns)),
  ];
}

function headOf(service: string, namespace: string, problems: readonly Finding[], columns: number, style: Style): string[] {
  const go = problems.length === 0 ? style.good('GO') : style.bad('NO-GO');
  return [`${go} ${style.strong(service)} (namespace ${namespace})`, ...problems.flatMap(problem => findingLines('  !', problem, columns))];
}

/** A command stays on one line, however long: it is to be copied. */
function findingLines(word: string, finding: Finding, columns: number): string[] {
  const { command } = finding;
  return [...hang(`${word} `, textOf(finding), columns), ...(command ? [`${' '.repeat(word.length + 1)}${command}`] : [])];
}

function planText({ plan, timeZone, next }: Standing, now: EpochMs): string {
  const until = next ? ` until ${clockNear(next.at, timeZone, now)}` : '';
  return plan.events.length > 0
    ? `${plan.events.join(', ')}: floor ${plan.floor}, ceiling ${plan.ceiling}${until}`
    : `baseline: floor ${plan.floor}, ceiling ${plan.ceiling}${until}`;
}

function nextText({ next, plan, timeZone }: Standing, now: EpochMs): string {
  return `${clockNear(next!.at, timeZone, now)} floor ${plan.floor} -> ${next!.floor}, in ${formatSpan(next!.at - now)}`;
}

/** What is open, and what opens next. */
function openingTexts({ opening, open, timeZone }: Standing, now: EpochMs): string[] {
  const clock = (at: EpochMs) => clockNear(at, timeZone, now);
  const texts = [
    ...open.map(({ event, at, until }) => `${event} opened ${clock(at)}, ${formatAge(at, now)} ago; held until ${clock(until)}`),
    ...(opening ? [`${opening.event} ${clock(opening.at)}, in ${formatSpan(opening.at - now)}; ${opening.floor} ready by ${clock(opening.readyBy)}`] : []),
  ];
  return texts.length > 0 ? texts : ['none ahead: the season is over'];
}

function forecastText({ at, floor, readyAt }: Forecast, { timeZone }: Standing, now: EpochMs): string {
  const by = readyAt <= now ? 'Ready now' : `Ready at ${clockNear(readyAt, timeZone, now)} at best`;
  return `floor ${floor} at ${clockNear(at, timeZone, now)}, in ${formatSpan(at - now)}; ${by}`;
}

function overrideText({ override, timeZone }: Standing, now: EpochMs): string {
  if (!override) {
    return 'none';
  }
  if (isMalformed(override)) {
    return 'malformed, ignored';
  }
  const { floor, ceiling, until, reason } = override;
  return `floor ${floor}${ceiling === undefined ? '' : `, ceiling ${ceiling}`} ${until > now ? 'until' : 'expired at'} ${clockNear(until, timeZone, now)}${reason ? ` (${reason})` : ''}`;
}

function jobText({ event, state, since, message, suspended }: JobStanding, now: EpochMs): string {
  return [
    event === undefined ? '' : `${event}: `,
    state,
    since === undefined ? '' : sinceText(state, formatAge(since, now)),
    suspended ? ', suspended' : '',
    message ? `: ${message}` : '',
  ].join('');
}

function sinceText(state: JobStanding['state'], age: string): string {
  return state === 'running' ? ` for ${age}` : ` ${age} ago`;
}

/** A word, and beside it a text that may need several lines. */
function hang(word: string, text: string, columns: number): string[] {
  return wrap(text, columns - word.length).map((line, i) => (i === 0 ? word : ' '.repeat(word.length)) + line);
}

// ---- for programs

/** Instants as ISO UTC, whatever their depth. */
function documentOf(overview: Overview): object {
  const { clusters, question } = overview;
  const [{ at, clock }] = clusters;
  return {
    at: isoOf(at),
    clock,
    verdict: isGo(overview) ? 'go' : 'no-go',
    ...(question.for ? { assumed: ASSUMPTIONS } : {}),
    services: clusters.flatMap(servicesDocument),
    ...(clusters.some(({ orphans }) => orphans) ? { orphans: clusters.flatMap(orphansDocument) } : {}),
  };
}

function servicesDocument({ context, standings, unreadable }: Cluster): object[] {
  const where = context === undefined ? {} : { context };
  return [
    ...standings.map(({ service, namespace, problems, notes, ...facts }) => ({
      service,
      namespace,
      ...where,
      verdict: problems.length === 0 ? 'go' : 'no-go',
      problems: problems.map(findingDocument),
      notes: notes.map(findingDocument),
      ...dated(facts) as object,
    })),
    ...unreadable.map(({ service, namespace, plan }) => ({
      service, namespace, ...where, verdict: 'no-go', problems: [findingDocument(unreadableFinding(plan))],
    })),
  ];
}

function orphansDocument({ context, orphans = [] }: Cluster): object[] {
  const where = context === undefined ? {} : { context };
  return orphans.map(({ finding, namespace, kind, name }) => ({ namespace, ...where, kind, name, ...findingDocument(finding) }));
}

/** A finding, and the line that people see. */
function findingDocument(finding: Finding): object {
  return { ...finding, text: textOf(finding) };
}

const INSTANTS = new Set(['at', 'from', 'until', 'readyBy', 'readyAt', 'since']);

function dated(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(dated);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, field]) => [key, INSTANTS.has(key) ? isoOf(field) : dated(field)]))
    : value;
}
