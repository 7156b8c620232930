import { FindingKinds } from '../finding';

/** The findings and changes that a decision can speak of; read by `decide`, told by keeper, status and rehearsal alike. */
export const DECISION_FINDINGS = {
  'floor-raised': { severities: ['note'], meaning: 'The floor was raised to what the plan or an override asks for.' },
  'floor-lowered': { severities: ['note'], meaning: "The floor was the keeper's own and higher than asked for; it was lowered." },
  'floor-adopted': { severities: ['note'], meaning: 'The floor is right, and the keeper now holds it beside whoever wrote it, so that it stays when the other takes it out of a manifest.' },
  'ceiling-raised': { severities: ['note'], meaning: 'The ceiling was raised to what the plan or an override asks for.' },
  'ceiling-lowered': { severities: ['note'], meaning: "The ceiling was the keeper's own and higher than asked for; it was lowered, and no pod was cut." },
  'workload-scaled': {
    severities: ['note'],
    meaning: 'The workload itself stood below its floor, or at 0, where its autoscaler does nothing; it was brought to the floor.',
  },
  'higher-floor-kept': { severities: ['warning'], meaning: 'Another hand asks for more than plan and override do; its floor stays until that hand takes it back.' },
  'higher-ceiling-kept': { severities: ['warning'], meaning: 'Another hand set a higher ceiling than plan and override ask for; it stays until that hand takes it back.' },
  'ceiling-waits': { severities: ['warning'], meaning: 'More pods run than the ceiling that is asked for; the ceiling is lowered once they are fewer, since lowering it now would cut live pods.' },
  'workload-at-zero': { severities: ['warning'], meaning: 'The workload stands at 0 between windows, where its autoscaler does nothing; the next window brings it to the floor.' },
  'override-lowers': { severities: ['warning'], meaning: 'An override is in force that asks for less than the plan.' },
} as const satisfies FindingKinds;
