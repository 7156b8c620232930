import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A version's part of CHANGELOG.md. */
export interface Entry {
  readonly version: string;
  readonly date: string;
  /** What stands under its heading. */
  readonly text: string;
}

const HEADING = /^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)$/m;

/** The newest entry, whose version is that of the package: written by hand, in one place. */
export function newestEntry(changelog = readFileSync(join(__dirname, '../CHANGELOG.md'), 'utf8')): Entry {
  const found = HEADING.exec(changelog);
  if (!found) {
    throw new Error("CHANGELOG.md has no heading such as '## 0.1.0 (2026-11-25)'");
  }
  const [heading, version, date] = found;
  const [text] = changelog.slice(found.index + heading.length).split(/^## /m);
  return { version, date, text: text.trim() };
}

// `tsx projenrc/changelog.ts v0.1.0`: the notes of a release, or an error where the tag is not that of the newest entry
if (require.main === module) {
  const { version, text } = newestEntry();
  const [tag] = process.argv.slice(2);
  if (tag !== `v${version}`) {
    throw new Error(`the tag is ${tag}, the newest entry of CHANGELOG.md is ${version}: write an entry for the tag, run 'npx projen', and tag that commit`);
  }
  console.log(text);
}
