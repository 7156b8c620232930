import { PLAN_KEY } from '../../core/plan/names';
import { Check, Found } from '../check';

export const check: Check = {
  id: 'plan-unreadable',
  severities: ['error'],
  meaning: 'The plan of a service is damaged, or of another version than this program reads.',
  run: ({ deployed: { unreadable } }) => unreadable.map(({ config, problem }): Found => ({
    sentence: problem,
    services: [],
    object: config,
    path: ['data', PLAN_KEY],
  })),
};
