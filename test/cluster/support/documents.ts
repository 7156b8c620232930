import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The shell commands of a page of docs/, one text a block; under one heading only, if it is given. */
export function shellBlocks(page: string, heading?: string): string[] {
  const text = readFileSync(join(__dirname, '../../../docs', page), 'utf8');
  const part = heading === undefined ? text : text.split(/^## /m).find(section => section.startsWith(`${heading}\n`));
  if (part === undefined) {
    throw new Error(`docs/${page} has no heading '${heading}'`);
  }
  return [...part.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block]) => block);
}
