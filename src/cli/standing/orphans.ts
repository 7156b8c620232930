import { StatusFinding } from './findings';
import { hasOnlyScaled } from '../../core/plan/field-managers';
import { managerName } from '../../core/plan/names';
import { WrongInput } from '../io';
import { Kubectl } from '../kubectl';
import { heldIn } from '../leaving/held';
import { Orphan, orphanCommand, orphanText, orphansAmong } from '../leaving/orphans';
import { FoundPlan } from '../service-view';

/** A floor that a keeper holds without a plan, as a finding of no service that stands here. */
export interface OrphanFinding {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly finding: StatusFinding;
}

/** What keepers hold without a plan; undefined: whoever asks may not read all kinds of targets. */
export async function orphansIn(kubectl: Kubectl, plans: readonly FoundPlan[], allNamespaces: boolean): Promise<OrphanFinding[] | undefined> {
  try {
    const held = await heldIn(kubectl, ...allNamespaces ? ['--all-namespaces'] : []);
    return orphansAmong(held, plans).filter(({ object, service }) => !hasOnlyScaled(object, managerName(service))).map(findingOf);
  } catch (error) {
    if (error instanceof WrongInput) {
      return undefined;
    }
    throw error;
  }
}

function findingOf(orphan: Orphan): OrphanFinding {
  const { kind, metadata: { name, namespace = 'default' } } = orphan.object;
  return {
    namespace,
    kind,
    name,
    finding: {
      id: 'floor-without-plan', severity: 'warning', sentence: orphanText(orphan), remedy: 'this gives it back', command: orphanCommand(orphan, namespace),
    },
  };
}
