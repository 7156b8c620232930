import { App } from 'cdk8s';

/** Processor time of making an app of N services, N from argv, and of its synth to YAML; prints one JSON line. */
export function report(make: (count: number) => App): void {
  const count = Number(process.argv[2]);
  const before = process.cpuUsage();
  const yaml = make(count).synthYaml();
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ms: (user + system) / 1e3, objects: yaml.split('\n---\n').length, bytes: yaml.length }));
}
