import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { manifestsOfExamples } from '../support/examples';
import { fluxPostBuild, gnuEnvsubst } from '../support/substituters';

// needs no cluster, but the real programs: gettext's `envsubst`, and Go, which builds one around Flux's library
const FOLDER = mkdtempSync(join(tmpdir(), 'prewarm-substitution-'));
const FLUX = join(FOLDER, 'flux-envsubst');
const hasEnvsubst = spawnSync('envsubst', ['--version']).status === 0;
const hasFlux = spawnSync('go', ['build', '-buildvcs=false', '-o', FLUX, '.'], { cwd: join(__dirname, 'support', 'flux-envsubst') }).status === 0;

const VARIABLES = { HOME: '/root', a: 'shop', empty: '' };
/** Each as often as it takes to make calls with a function of every kind. */
const PARTS = ['$', '${', '}', '$$', ':', ':-', ':=', '/', '//', '#', '%', ',', '^^', '\\', '1', '-1', 'a', 'HOME', 'empty', '_', ' ', 'é', '\n', '{'];
const TEXT = fc.array(fc.constantFrom(...PARTS), { maxLength: 12 }).map(parts => parts.join(''));
const TEXTS = fc.sample(TEXT, { seed: 20260314, numRuns: 50_000 });

afterAll(() => rmSync(FOLDER, { recursive: true }));

where(hasEnvsubst, 'no envsubst')('gettext\'s envsubst', () => {
  test('leaves every manifest of the examples as it is', () => {
    expect(manifestsOfExamples().map(realEnvsubst)).toEqual(manifestsOfExamples());
  });

  test('does what its model does, on 50,000 random texts', () => {
    // none of these can reach beyond a line of dashes
    const between = '\n-----\n';
    expect(realEnvsubst(TEXTS.join(between)).split(between)).toEqual(TEXTS.map(text => gnuEnvsubst(text, VARIABLES)));
  });
});

where(hasFlux, 'no Go that can fetch and build it')('Flux\'s postBuild, by its own library', () => {
  test('leaves every manifest of the examples as it is', () => {
    expect(realFlux(manifestsOfExamples())).toEqual(manifestsOfExamples().map(text => ({ text })));
  });

  test('does what its model does, on 50,000 random texts', () => {
    expect(realFlux(TEXTS)).toEqual(TEXTS.map(text => {
      try {
        return { text: fluxPostBuild(text, VARIABLES) };
      } catch (error) {
        return { text: '', error: (error as Error).message };
      }
    }));
  });
});

function realEnvsubst(text: string): string {
  return execFileSync('envsubst', { input: text, env: { PATH: process.env.PATH, ...VARIABLES }, encoding: 'utf8', maxBuffer: 1e9 });
}

function realFlux(texts: readonly string[]): unknown {
  return JSON.parse(execFileSync(FLUX, { input: JSON.stringify({ texts, variables: VARIABLES }), encoding: 'utf8', maxBuffer: 1e9 }));
}

/** A group, skipped where it has not got what it needs. */
function where(isThere: boolean, missing: string): (title: string, body: () => void) => void {
  return (title, body) => isThere ? describe(title, body) : describe.skip(`${title} (skipped, ${missing})`, body);
}
