import { highestOf } from '../../core/plan/plan';
import { ONE_POD_EACH } from '../../core/plan/ready-facts';
import { formatCount } from '../../core/time/numbers';
import { Check, FoundInService, ofEachService } from '../check';
import { podPathOf } from '../containers';
import { factsOf } from '../pods';
import { formatPods, nameOf } from '../words';

export const check: Check = {
  id: 'placement-limited',
  severities: ['warning', 'note'],
  meaning: 'Pods keep each other off their nodes or zones, so that the highest floor needs as many of these: a warning. '
    + 'They need nodes of one kind, or spread within a limit: a note, since your cluster may have enough.',
  run: ofEachService(service => {
    const { plan, workload } = service;
    if (!workload) {
      return [];
    }
    const { floor } = highestOf(plan);
    const { aloneBecause, domains, nodeRequirements, toleratedTaints } = factsOf(service);
    const found = (sentence: string, remedy: string, severity: 'warning' | 'note'): FoundInService => ({
      severity, alike: sentence, sentence: `${nameOf(workload)} ${sentence}`, remedy, object: workload, path: podPathOf(workload),
    });
    const isAlone = aloneBecause !== undefined && floor > 1;
    return [
      ...(isAlone ? [found(`has one pod on a node, because of ${aloneBecause}: its highest floor needs ${formatCount(floor)} nodes`,
        'let pods share nodes (a preference or a topology spread instead), or have that many nodes', 'warning')] : []),
      ...domains.map(({ topologyKey, limit }) => limit === ONE_POD_EACH
        ? found(`has ${limit} by ${topologyKey}: its highest floor of ${formatPods(floor)} needs ${formatCount(floor)} of them`,
          'make it a preference, or a topology spread', 'warning')
        : found(`may be kept from nodes by ${topologyKey} (${limit}) where one of these is full`, 'see that each has room for its part', 'note')),
      ...(nodeRequirements.length === 0 ? [] : [found(`needs nodes with ${nodeRequirements.join(', ')}`,
        `see that they, or what adds them, have room for ${formatPods(floor)}`, 'note')]),
      ...(toleratedTaints.length === 0 ? [] : [found(`tolerates ${toleratedTaints.join(', ')}, marks of nodes that are set apart`,
        `see that these, or what adds them, have room for ${formatPods(floor)}`, 'note')]),
    ];
  }),
};
