import { PROGRAM_CONFIG_KEY } from '../../core/plan/names';
import { applierRightsOf, rightsOf } from '../../core/plan/rights';
import { Check, ofEachService } from '../check';
import { accountOf } from '../keeper-pod';
import { formatRight, isAllowed, rulesOf } from '../rbac';

export const check: Check = {
  id: 'rights-missing',
  severities: ['error'],
  meaning: 'The account of the jobs is not there, or no Role and RoleBinding give it what the keeper needs.',
  run: ofEachService(({ plan, config, jobs, namespace }, { deployed: { manifests }, isExcerpt }) => {
    const byAccount = new Map(jobs.map(job => [`${job.role === 'repair'} ${accountOf(job)}`, job]));
    const program = config.object.data?.[PROGRAM_CONFIG_KEY];
    const remedy = 'apply all manifests of one synth as they are';
    return [...byAccount.values()].flatMap(job => {
      const account = accountOf(job);
      const needed = job.role === 'repair' ? applierRightsOf(plan, program) : rightsOf(plan, program);
      const { rules, missing } = rulesOf(account, namespace, manifests);
      if (missing) {
        return isExcerpt ? [] : [{ alike: missing.alike, sentence: missing.sentence, remedy }];
      }
      const lacking = needed.filter(right => rules && !isAllowed(rules, right));
      return lacking.length === 0 ? [] : [{
        alike: JSON.stringify(lacking.map(({ verbs, resource }) => [verbs, resource])),
        sentence: `ServiceAccount '${account}' of its jobs may not ${lacking.map(formatRight).join(', nor ')}`,
        remedy,
      }];
    });
  }),
};
