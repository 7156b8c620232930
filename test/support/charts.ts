import { Chart, Testing } from 'cdk8s';

/** An empty chart in a namespace, named like it. */
export function chartIn(namespace: string = 'shop'): Chart {
  return new Chart(Testing.app(), namespace, { namespace });
}

/** The first object of a kind that a chart renders, or the one of that name; without one the test fails and lists what is there. */
export function find(chart: Chart, kind: string, name?: string): any {
  const found = Testing.synth(chart).find(object => object.kind === kind && (name === undefined || object.metadata.name === name));
  if (!found) {
    throw new Error(`no ${kind}${name === undefined ? '' : ` '${name}'`} among ${namesOf(chart).join(', ')}`);
  }
  return found;
}

/** `ConfigMap payment-prewarm` for each object that a chart renders, sorted. */
export function namesOf(chart: Chart): string[] {
  return Testing.synth(chart).map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
}
