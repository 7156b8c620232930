import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { shortHash } from './hash';

/** A program of ours as text of a ConfigMap. */
export interface KeeperFile {
  readonly text: string;
  readonly hash: string;
  /** As a JSON string, which is how `kubectl apply` holds it. */
  readonly jsonLength: number;
}

const loaded = new Map<string, KeeperFile>();

/** The program that the jobs run. */
export function keeperFile(): KeeperFile {
  return file('main');
}

/** What the jobs start: it finds the program, and hands over to it. */
export function starterFile(): KeeperFile {
  return file('starter');
}

/** Read once, however many schedules an app has. */
function file(name: string): KeeperFile {
  const known = loaded.get(name);
  if (known) {
    return known;
  }
  // two up from here, both as a source and compiled
  const path = resolve(__dirname, '..', '..', 'assets', 'keeper', name, 'index.js');
  if (!existsSync(path)) {
    throw new Error(`the keeper, ${path}, is missing; in a clone run 'npx projen bundle', else install cdk8s-prewarm again`);
  }
  const text = readFileSync(path, 'utf8');
  const read = { text, hash: shortHash(text, 16), jsonLength: JSON.stringify(text).length };
  loaded.set(name, read);
  return read;
}
