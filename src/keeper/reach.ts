import { World } from './world';
import { textOf } from '../core/finding';
import { Stored } from '../core/kube-objects';
import { Plan } from '../core/plan/plan';

/** For one connection; all are tried side by side. */
export const REACH_MS = 2_000;

/**
 * Warns of dependencies that cannot be reached from this pod, of those whose host and port the plan says.
 *
 * It proves the network of the keeper, not that of the service, so nothing fails by it.
 *
 * @param target to tell it on; absent: the log has it only
 */
export async function tellUnreachable(world: World, { uses = [] }: Plan, target: Stored | undefined): Promise<void> {
  const { connect } = world;
  const places = new Map(uses.flatMap(({ name, host, port }) => host !== undefined && port !== undefined ? [[`${host} ${port}`, { name, host, port }]] : []));
  if (!connect) {
    return;
  }
  await Promise.all([...places.values()].map(async ({ name, host, port }) => {
    const problem = await connect(host, port, REACH_MS).then(() => undefined, whyNot);
    if (problem !== undefined) {
      const finding = {
        id: 'dependency-unreachable',
        severity: 'warning',
        sentence: `dependency '${name}' (${host}:${port}) cannot be reached from the keeper's pod: ${problem}`,
        remedy: 'the network of the service may be another; look at DNS, network policies and firewalls',
      } as const;
      world.log({ did: 'found', message: textOf(finding) });
      if (target) {
        world.notifier.tell(target, finding);
      }
    }
  }));
}

function whyNot(error: unknown): string {
  const { code = '', message = 'unknown' } = error as { readonly code?: string; readonly message?: string };
  switch (code) {
    case 'ECONNREFUSED': return 'the connection was refused';
    case 'ETIMEDOUT': return `no answer within ${REACH_MS / 1_000} s`;
    case 'ENOTFOUND': return 'there is no such name';
    case 'EAI_AGAIN': return 'the name could not be looked up';
    default: return code || message;
  }
}
