import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SIMULATION_DIR } from './cluster';
import { Namespace } from './namespace';

/** Load on one service, in the simulator's words; steps are instants in epoch milliseconds. */
export interface Load {
  readonly selector: { readonly [label: string]: string };
  readonly steps: { readonly at: number; readonly rps: number }[];
  readonly podRps: number;
  readonly cpuMillis: number;
  readonly [more: string]: unknown;
}

/** What happened to the requests so far; each line of the simulator's log. */
export interface Tally {
  readonly at: number;
  readonly arrived: number;
  readonly served: number;
  readonly refused: number;
  readonly timedOut: number;
  readonly lost: number;
  readonly killed: number;
  readonly pods: number;
  readonly ready: number;
}

/** Puts a load on the pods of a service, or changes it. */
export async function load(namespace: Namespace, name: string, { steps, ...flow }: Load): Promise<void> {
  const traffic = { ...flow, steps: steps.map(({ at, rps }) => ({ at: new Date(at).toISOString(), rps })) };
  await namespace.apply(JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: namespace.name, labels: { simulation: 'traffic' } },
    data: { 'traffic.json': JSON.stringify(traffic) },
  }));
}

/** What the load saw, second by second. */
export function tallies(namespace: Namespace, name: string): Tally[] {
  return readFileSync(join(SIMULATION_DIR!, 'traffic', `${namespace.name}_${name}.jsonl`), 'utf8')
    .split('\n').filter(Boolean).map(line => {
      const tally = JSON.parse(line);
      return { ...tally, at: Date.parse(tally.at ?? tally.time) };
    });
}
