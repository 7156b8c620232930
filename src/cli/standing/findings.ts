import { FindingKinds, FindingOf } from '../../core/finding';
import { DECISION_FINDINGS } from '../../core/plan/decision-findings';
import { MOVING_IN_FINDINGS } from '../../core/plan/moving-in';

/** What `prewarm status` can find; an error makes a service a no-go. */
export const STATUS_FINDINGS = {
  'plan-unreadable': { severities: ['error'], meaning: 'The plan in the cluster is damaged, or of another version than this program reads.' },
  'kind-unknown': { severities: ['error'], meaning: 'The target of the plan is of a kind whose floor this program does not know.' },
  'target-missing': { severities: ['error'], meaning: 'The target of the plan is not in the cluster.' },
  'target-unreadable': { severities: ['error'], meaning: 'The cluster does not answer for the target or the workload of the plan, or does not know its kind.' },
  'target-taken': {
    severities: ['error'],
    meaning: 'Somebody else would undo the floor: the target belongs to a ScaledObject, or another autoscaler scales its workload.',
  },
  'target-not-followed': {
    severities: ['error'],
    meaning: 'KEDA does not follow the target: it is paused or not Ready, or the autoscaler that KEDA makes of it has other figures.',
  },
  'other-workload': { severities: ['error'], meaning: 'The live target scales another workload than the plan was made for.' },
  'workload-missing': { severities: ['error'], meaning: 'The workload of the plan is not in the cluster.' },
  'workload-at-zero': { severities: ['error'], meaning: 'The workload stands at 0, where its autoscaler does nothing.' },
  'floor-too-low': { severities: ['error'], meaning: 'The live floor is lower than the plan or an override asks for.' },
  ...MOVING_IN_FINDINGS,
  'floor-without-plan': {
    severities: ['warning'],
    meaning: 'A keeper holds the floor of an object that no plan of the namespace names: its schedule is gone, or has another target now. Nobody lowers it. '
      + 'It makes no service a no-go.',
  },
  'floor-fought': {
    severities: ['error'],
    meaning: 'Another hand lowers the floor, or the workload, again and again, and guards put it back. It stays a no-go until two minutes after the last time.',
  },
  'floor-to-be-lowered': { severities: ['note'], meaning: "The live floor is higher than asked for and the keeper's own, whose next run lowers it." },
  'higher-floor-kept': DECISION_FINDINGS['higher-floor-kept'],
  'live-ceiling-too-low': {
    severities: ['warning'],
    meaning: 'The live ceiling is lower than asked for, so that the autoscaler has less room above the floor than planned.',
  },
  'ceiling-to-be-lowered': { severities: ['note'], meaning: "The live ceiling is higher than asked for and the keeper's own, whose next run lowers it." },
  'ceiling-waits': DECISION_FINDINGS['ceiling-waits'],
  'higher-ceiling-kept': DECISION_FINDINGS['higher-ceiling-kept'],
  'ceiling-reached': {
    severities: ['warning'],
    meaning: 'The autoscaler wants more pods than its ceiling allows, or in a window as many are asked for, or Ready, as it allows.',
  },
  'no-metrics': { severities: ['warning'], meaning: 'The autoscaler has no metrics. It holds the floor and adds nothing above it.' },
  'pods-missing': {
    severities: ['error', 'note'],
    meaning: 'Fewer pods are Ready than the floor that is asked for: a note while they come, an error from the ready margin on.',
  },
  'pods-late': {
    severities: ['error'],
    meaning: 'Pods are missing that cannot be Ready by the ready margin even if nodes and image are there.',
  },
  'in-window': { severities: ['error'], meaning: 'A window is on, so a deploy should wait. Only `prewarm status --freeze` says it.' },
  'no-guard': { severities: ['error'], meaning: 'No guard runs in a window, so nothing would put the floor back at once.' },
  'guard-missing': { severities: ['warning'], meaning: 'Fewer guards run in a window than the plan asks for, or they are just being started.' },
  'arm-failed': { severities: ['error'], meaning: 'The job that proves the deploy has failed.' },
  'arm-unfinished': { severities: ['error'], meaning: 'The job that proves the deploy has not finished.' },
  'arm-missing': { severities: ['note'], meaning: 'No job is there that has proved image and rights.' },
  'job-missing': { severities: ['error'], meaning: 'No CronJob raises the floor for an event.' },
  'job-suspended': { severities: ['error', 'warning'], meaning: 'A CronJob of ours is suspended and will not run: an error where it raises a floor.' },
  'job-failed': { severities: ['warning'], meaning: 'The last run of a job has failed.' },
  'repair-missing': {
    severities: ['note', 'warning'], meaning: 'There is no repair job, so nothing looks between events: a warning where the plan names one.',
  },
  'override-ignored': { severities: ['warning'], meaning: 'The override cannot be read, or is beyond its bounds. The plan is in force.' },
  'override-expired': { severities: ['note'], meaning: 'An override has come to its end and has no effect.' },
  'override-lowers': DECISION_FINDINGS['override-lowers'],
  'postponed': { severities: ['note'], meaning: 'An opening was postponed on the night. Plan, guards and verify follow.' },
} as const satisfies FindingKinds;

/** Something that a person should know about a service in a cluster, and what to do about it. */
export type StatusFinding = FindingOf<typeof STATUS_FINDINGS>;
