import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', 'examples');

let manifests: string[] | undefined;

/** What the examples synthesize to, as YAML, one text an example; nothing is written. */
export function manifestsOfExamples(): string[] {
  manifests ??= readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter(path => /^(?!.*node_modules).*\bmain\.ts$/.test(path)).sort().map(synthesized);
  return manifests;
}

function synthesized(program: string): string {
  let yaml = '';
  jest.isolateModules(() => {
    const { App } = jest.requireActual<typeof import('cdk8s')>('cdk8s');
    jest.spyOn(App.prototype, 'synth').mockImplementation(function (this: InstanceType<typeof App>) {
      yaml = this.synthYaml();
    });
    jest.requireActual(join(FOLDER, program));
  });
  return yaml;
}
