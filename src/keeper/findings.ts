import { FindingKinds, FindingOf } from '../core/finding';
import { DecisionFinding } from '../core/plan/decide';
import { MOVING_IN_FINDINGS } from '../core/plan/moving-in';

/** What only the keeper can find, beside what a decision has to say. */
export const KEEPER_FINDINGS = {
  'override-ignored': { severities: ['warning'], meaning: 'The override cannot be read, or is beyond its bounds. The plan is in force.' },
  'plan-unreadable': {
    severities: ['warning'],
    meaning: 'The plan was changed into something that this keeper cannot read. The plan before it stays in force.',
  },
  'plan-missing': {
    severities: ['warning'],
    meaning: 'The plan was deleted, or its ConfigMap has been emptied. The last plan that could be read stays in force.',
  },
  'target-missing': { severities: ['warning'], meaning: 'The target was deleted. Its floor is set as soon as it is back.' },
  'floor-fought': {
    severities: ['warning'],
    meaning: 'Another hand lowers the floor, or the workload, again and again, and it is put back each time. It is told each minute, with the name of the hand.',
  },
  'ceiling-reached': {
    severities: ['warning'],
    meaning: 'In a window, the autoscaler asks for as many pods as its ceiling allows, or wants more: a larger crowd finds no more pods.',
  },
  'other-workload': {
    severities: ['warning'],
    meaning: 'The target scales another workload than the plan was made for. Its floor is still guarded; the workload of the plan is left alone.',
  },
  'target-not-followed': {
    severities: ['warning'],
    meaning: "KEDA's autoscaler has a lower floor than its ScaledObject. No pods are asked for that it would take away again, until KEDA has followed.",
  },
  'floor-falls-short': {
    severities: ['warning'],
    meaning: 'The floor or the ceiling could not be put where it must be: the ceiling may not be raised, or an admission webhook changes the floor.',
  },
  'guard-hindered': { severities: ['warning'], meaning: "The API server did not take a guard's write. The guard goes on trying." },
  'guards-replaced': {
    severities: ['warning'],
    meaning: 'The ServiceAccount was deleted and made anew, so that the API server refused the tokens of the guards. New guards have taken over.',
  },
  'dependency-unreachable': {
    severities: ['warning'],
    meaning: "The keeper's pod cannot open a TCP connection to a dependency whose host and port the plan says. Nothing fails by it: the network of the "
      + 'service may be another.',
  },
  'former-target-free': {
    severities: ['note'],
    meaning: "An object that was the target before is the keeper's no longer. Its floor is that of between events, unless somebody else holds a higher one; "
      + '`formerTargets` need not name it any more.',
  },
  'former-target-held': {
    severities: ['warning'],
    meaning: 'A window is on, and not all pods of the new target are Ready. The floor of the target of before stays until they are, or until the window ends.',
  },
  'former-target-scales': {
    severities: ['warning'],
    meaning: 'An autoscaler that was the target before scales the pods of the new target too, and would take its floor back. It must be deleted.',
  },
  ...MOVING_IN_FINDINGS,
  'ready': { severities: ['note'], meaning: 'All pods of the floor are ready for the opening.' },
  'not-ready': {
    severities: ['warning'],
    meaning: 'Something stands between now and a good opening: pods that are missing, a floor that is too low, or no guard.',
  },
} as const satisfies FindingKinds;

/** What the keeper tells people. */
export type Told = (DecisionFinding | FindingOf<typeof KEEPER_FINDINGS>) & {
  /** Tells one occurrence from the next that reads the same. */
  readonly occurrence?: string;
};
