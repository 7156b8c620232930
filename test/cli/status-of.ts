import { FakeCluster } from './fake-cluster';
import { prewarm } from './fake-io';

/** With this computer's clock as right as the cluster's, unless told otherwise. */
export async function status(cluster: FakeCluster, more: readonly string[] = [], now = cluster.clock) {
  return prewarm(['status', '-n', 'marathon', ...more], { spawn: cluster.spawn, now, columns: 80 });
}

/** Lines joined again that were broken to fit. */
export function unwrapped(out: string): string {
  return out.replace(/\s+/g, ' ');
}
