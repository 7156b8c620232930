import { FindingKinds } from '../finding';

/** What a decision has to say, and what was done: told by keeper and status alike. */
export const DECISION_FINDINGS = {
  'floor-raised': { severities: ['note'], meaning: 'The floor was raised to what the plan or an override asks for.' },
  'floor-lowered': { severities: ['note'], meaning: "The floor was higher than asked for and the keeper's own, and was lowered." },
  'floor-adopted': {
    severities: ['note'],
    meaning: 'The floor is right. The keeper now holds it beside whoever wrote it, so that it stays when the other takes it out of a manifest.',
  },
  'ceiling-raised': { severities: ['note'], meaning: 'The ceiling was raised to what the plan or an override asks for.' },
  'ceiling-lowered': {
    severities: ['note'],
    meaning: "The ceiling was higher than asked for and the keeper's own, and was lowered. No pod was cut by that.",
  },
  'workload-raised': {
    severities: ['note'],
    meaning: 'The floor has risen above what the workload stood at, and the workload was brought to it at once; its autoscaler would take up to 15 seconds, or, at 0, do nothing.',
  },
  'workload-scaled': {
    severities: ['note'],
    meaning: 'Somebody scaled the workload itself below its floor. It was brought back at once.',
  },
  'higher-floor-kept': { severities: ['warning'], meaning: 'Another hand set a higher floor than plan and override ask for. It stays until that hand takes it back.' },
  'higher-ceiling-kept': {
    severities: ['warning'],
    meaning: 'Another hand set a higher ceiling than plan and override ask for. It stays until that hand takes it back.',
  },
  'ceiling-waits': {
    severities: ['note'],
    meaning: 'More pods run than the ceiling that is asked for. It is lowered once they are fewer, since live pods would be cut now.',
  },
  'workload-at-zero': {
    severities: ['warning'],
    meaning: 'The workload stands at 0 between windows, where its autoscaler does nothing. The next window brings it to the floor.',
  },
  'override-lowers': { severities: ['warning'], meaning: 'An override is in force that asks for a lower floor than the plan.' },
} as const satisfies FindingKinds;
