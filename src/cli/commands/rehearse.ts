import { Command, InvalidArgumentError } from 'commander';
import { LineCounter } from 'yaml';
import { DeployedService, titleOf } from '../../manifests/deployed';
import { PlacedService } from '../../rehearsal/chain/event';
import { parseFault } from '../../rehearsal/faults';
import { rehearsedServiceOf } from '../../rehearsal/from-objects';
import { parseOverride } from '../../rehearsal/interventions';
import { ScenarioError, rehearseAll } from '../../rehearsal/rehearse';
import { MEASURES, RequirementError, parseRequirement } from '../../rehearsal/requirements';
import { readScenario } from '../../rehearsal/scenario';
import { COMPARISONS, Comparison, DEPENDENCY_FAULT_NAMES, FAULT_NAMES, Fault, OverrideWish, RehearsalResult, Scenario } from '../../rehearsal/types';
import { RehearsalTextOptions, rehearsalText } from '../../report/rehearsal-text';
import { TitledRehearsal, rehearsalsText, whatIsAssumed } from '../../report/rehearsals-text';
import { styleOf } from '../../report/style';
import { togetherText } from '../../report/together-text';
import { fileArgument, instantArgument } from '../arguments';
import { FallsShort, Io, WrongInput } from '../io';
import { documentsIn, positionIn, read, readDeployed, write } from '../manifests';

interface RehearseOptions {
  readonly namespace?: string;
  readonly service?: string;
  readonly details?: string;
  readonly event?: string;
  readonly opening?: number;
  readonly scenario?: string;
  readonly fault?: readonly Fault[];
  readonly override?: readonly OverrideWish[];
  readonly compare?: readonly Comparison[];
  readonly require?: readonly string[];
  readonly seed?: number;
  readonly json?: true;
  readonly svg?: string;
  readonly html?: string;
}

/** Without `--compare`. */
const COMPARED: readonly Comparison[] = ['hpa-only', 'always-at-peak'];

export function rehearseCommand(io: Io): Command {
  return new Command('rehearse')
    .description('Plays an opening against the manifests in simulated time: traffic, pods, autoscaler, jobs, and what may go wrong.\n'
      + 'Nothing is deployed, and the same input gives the same result.')
    .argument('<manifests...>', "files, folders with all below them, or '-' for stdin")
    .option('-n, --namespace <namespace>', 'put objects that name no namespace into this one')
    .option('--service <name>', 'rehearse only this service (default: all)')
    .option('--details <service>', 'of several services, print also the whole rehearsal of this one')
    .option('--event <id>', 'rehearse this event (default: the first of each service)')
    .option('--opening <instant>', 'rehearse this opening of the event (default: its first)', instantArgument)
    .option('--scenario <file>', 'traffic, faults, assumptions and requirements, as YAML or JSON')
    .option('--fault <name[@offset]>', 'play this fault, at this offset from the opening; may be given again', faultArgument)
    .option('--override <wish>', "an override that somebody writes, such as 'floor=150,until=+30m'; may be given again", overrideArgument)
    .option('--compare <run>', `play this run beside the prewarmed one: ${COMPARISONS.join(', ')} or none; may be given again (default: ${COMPARED.join(' and ')})`, comparisonArgument)
    .option('--require <expression>', "require this result, such as 'success>=99.9%'; may be given again", requirementArgument)
    .option('--seed <number>', 'number from which all chance follows (default: 1)', seedArgument)
    .option('--json', 'print all figures as JSON for programs')
    .option('--svg <file>', 'draw the rehearsal into a file', fileArgument)
    .option('--html <file>', 'write a page with the drawing, its values and all assumptions', fileArgument)
    .addHelpText('after', `
Faults: ${FAULT_NAMES.join(', ')}; of what is used: ${DEPENDENCY_FAULT_NAMES.join(', ')}
To require: ${Object.keys(MEASURES).join(', ')}

Examples:
  $ prewarm rehearse dist/
  $ prewarm rehearse dist/ --fault re-apply@-10m --fault node-lost --require 'success>=99.9%'
  $ prewarm rehearse dist/ --event seoul-marathon --fault double-peak --html rehearsal.html

Exit code 0: done, 1: a requirement is missed, with a sentence for each, 2: the command line or a file is wrong.`)
    .action((paths: string[], options: RehearseOptions) => rehearseDeployed(paths, options, io));
}

async function rehearseDeployed(paths: readonly string[], options: RehearseOptions, io: Io): Promise<void> {
  const { services } = await readDeployed(paths, io, options.namespace);
  const { scenario, explain } = options.scenario === undefined
    ? { scenario: {}, explain: (error: ScenarioError) => error.message }
    : await readScenarioFile(options.scenario, io);
  const asked: Scenario = {
    ...scenario,
    ...options.event === undefined ? {} : { event: options.event },
    ...options.opening === undefined ? {} : { at: options.opening },
    ...options.seed === undefined ? {} : { seed: options.seed },
    faults: [...scenario.faults ?? [], ...options.fault ?? []],
    overrides: [...scenario.overrides ?? [], ...options.override ?? []],
    require: [...scenario.require ?? [], ...options.require ?? []],
    compare: options.compare ?? scenario.compare ?? COMPARED,
  };
  const played = chosen(services, asked.event, options.service);
  const detailed = detailedAmong(played, options.details);
  const results = playAll(played, options.service === undefined ? asked : about(played, asked), explain, io);
  const rehearsals = results.map((result, i): TitledRehearsal => ({ title: titleOf(played[i]), result }));

  const layout = { columns: io.columns, style: styleOf(io.colors) };
  if (options.json) {
    io.out(JSON.stringify(results.map(figuresOf), undefined, 2));
  } else {
    io.out([
      ...summaryOf(rehearsals, layout),
      ...results.filter((_, i) => results.length === 1 || detailed.includes(played[i])).map(result => rehearsalText(result, layout)),
    ].join('\n\n'));
  }
  if (options.svg !== undefined || options.html !== undefined) {
    // the charting library costs more to load than all the rest, and is rarely asked for
    /* eslint-disable @typescript-eslint/no-require-imports */
    const { rehearsalSvg } = require('../../report/rehearsal-svg') as typeof import('../../report/rehearsal-svg');
    const { rehearsalHtml } = require('../../report/rehearsal-html') as typeof import('../../report/rehearsal-html');
    /* eslint-enable @typescript-eslint/no-require-imports */
    if (options.svg !== undefined) {
      await write(options.svg, rehearsalSvg(results), io);
    }
    if (options.html !== undefined) {
      await write(options.html, rehearsalHtml(results), io);
    }
  }
  const missed = results.flatMap(({ service, verdicts }) => verdicts.filter(({ met }) => !met).map(({ says }) => `${service}: ${says}`));
  if (missed.length > 0) {
    throw new FallsShort(missed.join('\n'));
  }
}

/** Plays services together where they open together, and says which on the line of progress. */
function playAll(played: readonly DeployedService[], scenario: Scenario, explain: (error: ScenarioError) => string, io: Io): RehearsalResult[] {
  const placed = played.map((service): PlacedService =>
    ({ service: rehearsedServiceOf(service), ...(service.namespace === undefined ? {} : { namespace: service.namespace }) }));
  let titles: readonly string[] = played.map(titleOf);
  let begun = 0;
  try {
    return rehearseAll(placed, scenario, group => {
      titles = group.map(each => titleOf(played[placed.indexOf(each)]));
      for (const title of played.length > 1 ? titles : []) {
        io.progress(`rehearsing ${++begun} of ${played.length}: ${title}`);
      }
    });
  } catch (error) {
    throw error instanceof ScenarioError ? new WrongInput(`${titles.join(', ')}: ${explain(error)}`) : error;
  } finally {
    if (played.length > 1) {
      io.progress('');
    }
  }
}

/** What a scenario says of these services, and of what they use. */
function about(played: readonly DeployedService[], scenario: Scenario): Scenario {
  const names = played.map(({ plan }) => plan.service);
  const used = played.flatMap(({ plan: { uses = [] } }) => uses.map(({ name }) => name));
  const only = <Given>(given: { readonly [name: string]: Given }, kept: readonly string[]) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => kept.includes(name)));
  const { services, dependencies, ...rest } = scenario;
  return {
    ...rest,
    ...(services ? { services: only(services, names) } : {}),
    ...(dependencies ? { dependencies: only(dependencies, used) } : {}),
  };
}

/** The events of services that use anything, in call order; any other services in one table. */
function summaryOf(rehearsals: readonly TitledRehearsal[], layout: RehearsalTextOptions): string[] {
  const inChains = rehearsals.filter(({ result: { together } }) => together?.stations.some(({ depth }) => depth > 0));
  if (inChains.length === 0) {
    return rehearsals.length > 1 ? [rehearsalsText(rehearsals, layout)] : [];
  }
  const chains = inChains.map(({ result }) => {
    const together = result.together!;
    const members = together.services.map(name => rehearsals.find(({ title, result: { service, event } }) =>
      (title === name || service === name) && event === result.event)!);
    return { result, together, members };
  });
  const others = rehearsals.filter(rehearsal => !chains.some(({ members }) => members.includes(rehearsal)));
  return [
    ...chains.map(({ result: first, together, members }) =>
      togetherText({ first, together, results: members.map(({ result }) => result) }, layout)),
    ...others.length > 0 ? [rehearsalsText(others, layout)] : [],
    ...rehearsals.length > 1 ? [whatIsAssumed(chains.flatMap(({ members }) => members), layout).join('\n')] : [],
  ];
}

/** Those of which the whole is asked for. */
function detailedAmong(services: readonly DeployedService[], name: string | undefined): DeployedService[] {
  const detailed = services.filter(service => service.plan.service === name || titleOf(service) === name);
  if (name !== undefined && detailed.length === 0) {
    throw new WrongInput(`no service '${name}' is rehearsed, of which --details could tell; there are ${services.map(titleOf).join(', ')}`);
  }
  return detailed;
}

/** The services that answer to the event, or those that answer to any. */
function chosen(services: readonly DeployedService[], event: string | undefined, name: string | undefined): DeployedService[] {
  const named = name === undefined ? services : services.filter(service => service.plan.service === name || titleOf(service) === name);
  if (named.length === 0) {
    throw new WrongInput(`no service '${name}' in the manifests; there are ${services.map(titleOf).join(', ')}`);
  }
  const answering = named.filter(({ plan }) => plan.openings.some(opening => event === undefined || opening.event === event));
  if (answering.length === 0) {
    const known = [...new Set(named.flatMap(({ plan }) => plan.openings.map(opening => opening.event)))];
    throw new WrongInput(event === undefined || known.length === 0
      ? 'nothing to rehearse: no service has an opening'
      : `no event '${event}' in the manifests; there are ${known.join(', ')}`);
  }
  return answering;
}

/** Reads a scenario; `explain` puts file, line and column before what is wrong with it. */
async function readScenarioFile(file: string, io: Io): Promise<{ scenario: Scenario; explain: (error: ScenarioError) => string }> {
  const lines = new LineCounter();
  const documents = documentsIn(await read(file, io), file, lines);
  const explain = (error: ScenarioError) => {
    const { line, column } = documents.length > 0 ? positionIn(documents[0], error.path, lines) : { line: 1, column: 1 };
    return `${file}:${line}:${column}: ${error.message}`;
  };
  try {
    return { scenario: readScenario(documents[0]?.toJS()), explain };
  } catch (error) {
    throw error instanceof ScenarioError ? new WrongInput(explain(error)) : error;
  }
}

/** Everything but the series, a point of which is no answer to anybody. */
function figuresOf({ runs, prewarmed, hpaOnly, alwaysAtPeak, patched, patchedReApplied, together, ...result }: RehearsalResult): object {
  return {
    ...result,
    ...(together ? { together: { ...together, runs: together.runs.map(({ series, ...figures }) => figures) } } : {}),
    runs: runs.map(({ series, ...figures }) => figures),
  };
}

function faultArgument(text: string, before: readonly Fault[] = []): Fault[] {
  try {
    return [...before, parseFault(text)];
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function overrideArgument(text: string, before: readonly OverrideWish[] = []): OverrideWish[] {
  try {
    return [...before, parseOverride(text)];
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function requirementArgument(text: string, before: readonly string[] = []): string[] {
  try {
    return [...before, parseRequirement(text).text];
  } catch (error) {
    throw error instanceof RequirementError ? new InvalidArgumentError(`column ${error.column}: ${error.message}`) : error;
  }
}

function comparisonArgument(text: string, before: readonly Comparison[] = []): Comparison[] {
  if (text === 'none') {
    return [];
  }
  const run = COMPARISONS.find(known => known === text);
  if (!run) {
    throw new InvalidArgumentError(`Known are ${COMPARISONS.join(', ')} and none.`);
  }
  return [...before, run];
}

function seedArgument(text: string): number {
  if (!/^\d{1,15}$/.test(text)) {
    throw new InvalidArgumentError('Write a whole number.');
  }
  return Number(text);
}
