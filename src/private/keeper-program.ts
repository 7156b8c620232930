import { Chart, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { keeperFile } from './keeper-file';
import { LABEL_ROLE, PROGRAM_KEY, programConfigName } from '../core/plan/names';

/** In each chart: the program of its jobs. Another copy of this library in one app has a program, and a list, of its own. */
const programs = new WeakMap<Chart, kplus.ConfigMap>();

/**
 * The ConfigMap with the program that the jobs of a chart run, defined for the first schedule.
 *
 * It bears that schedule's name, since no other app has it in this namespace; the id of a chart is no such name.
 */
export function programOf(chart: Chart, service: string): kplus.ConfigMap {
  const known = programs.get(chart);
  if (known) {
    return known;
  }
  const name = programConfigName(service);
  const program = new kplus.ConfigMap(chart, name, {
    // of no service: what is selected by a service's label, to delete it, must leave the others their program
    metadata: { name, labels: { [LABEL_ROLE]: 'keeper' } },
    data: { [PROGRAM_KEY]: Lazy.any({ produce: () => keeperFile().text }) as unknown as string },
  });
  programs.set(chart, program);
  return program;
}
