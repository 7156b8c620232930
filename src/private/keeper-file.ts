import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { shortHash } from './hash';

/** The program that the jobs run, as text of the ConfigMap. */
export interface KeeperFile {
  readonly text: string;
  readonly hash: string;
  /** As a JSON string, which is how `kubectl apply` holds it. */
  readonly jsonLength: number;
}

let loaded: KeeperFile | undefined;

/** Read once, however many schedules an app has. */
export function keeperFile(): KeeperFile {
  if (!loaded) {
    // two up from here, both as a source and compiled
    const path = resolve(__dirname, '..', '..', 'assets', 'keeper', 'main', 'index.js');
    if (!existsSync(path)) {
      throw new Error(`the keeper, ${path}, is missing; in a clone run 'npx projen bundle', else install cdk8s-prewarm again`);
    }
    const text = readFileSync(path, 'utf8');
    loaded = { text, hash: shortHash(text, 16), jsonLength: JSON.stringify(text).length };
  }
  return loaded;
}
