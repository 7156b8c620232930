import { Deployed, DeployedService, titleOf } from './deployed';
import { Manifest } from './manifest';
import { FindingKind, Severity } from '../core/finding';
import { PLAN_KEY } from '../core/plan/names';
import { EpochMs } from '../core/time/instant';

/** One thing that `prewarm plan` looks for: a file of its own in `checks/`, named by its id. */
export interface Check extends FindingKind {
  readonly id: string;
  /** Looks at what a deploy changes, and finds nothing where it is not known what was there before. */
  readonly needsBefore?: true;
  readonly run: (context: CheckContext) => readonly Found[];
}

/** What a check looks at. */
export interface CheckContext {
  readonly deployed: Deployed;
  /** As seen from this instant; what is past needs no looking at. */
  readonly now: EpochMs;
  /** The manifests are a part of a deploy on purpose: nothing is said of what is not among them. */
  readonly isExcerpt: boolean;
  /** What these manifests are applied over. */
  readonly before?: Deployed;
}

/** A finding as its check tells it; the check's id goes without saying. */
export interface Found {
  /** @default - the gravest of the check */
  readonly severity?: Severity;
  readonly sentence: string;
  readonly remedy?: string;
  /** What one check finds with the same text here is told as one finding. @default - the sentence and the way out */
  readonly alike?: string;
  /** Of what is alike, the finding that weighs most is told. @default 0 */
  readonly weight?: number;
  /** Whom it concerns; empty where that is not known. */
  readonly services: readonly DeployedService[];
  /** The object that a person has to change. */
  readonly object: Manifest;
  /** The keys to the cause in that object. */
  readonly path: readonly (string | number)[];
}

/** A finding of one service; without an object it stands at the plan. */
export type FoundInService = Omit<Found, 'services' | 'object' | 'path'> & Partial<Pick<Found, 'object' | 'path'>>;

/** A check that looks at each service by itself. */
export function ofEachService(find: (service: DeployedService, context: CheckContext) => readonly FoundInService[]): Check['run'] {
  return context => context.deployed.services.flatMap(service =>
    find(service, context).map((found): Found => ({ ...atPlan(service), ...found, services: [service] })));
}

/** A check that compares each service with itself before the deploy. */
export function ofEachChange(find: (was: DeployedService, is: DeployedService, context: CheckContext) => readonly FoundInService[]): Check['run'] {
  return ofEachService((is, context) => {
    const was = context.before?.services.find(service => titleOf(service) === titleOf(is));
    return was ? find(was, is, context) : [];
  });
}

/** Where a finding stands that no object of the user's is the cause of. */
export function atPlan({ config }: DeployedService): Pick<Found, 'object' | 'path'> {
  return { object: config, path: ['data', PLAN_KEY] };
}
