import { App, Chart, Testing, Yaml } from 'cdk8s';
import { MINUTE } from '../../support/durations';


/** The YAML of a chart in a namespace, as `cdk8s synth` would write it. */
export function manifestsIn(namespace: string, define: (chart: Chart) => void): string {
  const chart = new Chart(new App(), 'chart', { namespace, disableResourceNameHashes: true });
  define(chart);
  return Yaml.stringify(...Testing.synth(chart));
}

/** The first whole minute at least `leastMs` from now: windows begin on whole minutes. */
export function minuteAfter(leastMs: number): number {
  return Math.ceil((Date.now() + leastMs) / MINUTE) * MINUTE;
}

/** The first minute at least `leastMs` from now at which a bump that is deployed now runs by itself: every fifth. */
export function bumpAfter(leastMs: number): number {
  return Math.ceil((Date.now() + leastMs) / (5 * MINUTE)) * 5 * MINUTE;
}

/** An instant as the constructs take it. */
export function instant(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, '+00:00');
}
