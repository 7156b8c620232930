import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Namespace } from './namespace';

const EXAMPLE = join(__dirname, '../../../examples/marathon/dist');

/** The manifests of the marathon example, in a namespace of the test's own. */
export function exampleIn(namespace: Namespace): string {
  if (!existsSync(EXAMPLE)) {
    throw new Error('run `npm run example` first');
  }
  return readdirSync(EXAMPLE).filter(file => file.endsWith('.yaml')).sort()
    .map(file => readFileSync(join(EXAMPLE, file), 'utf8')).join('\n---\n')
    .replace(/^( +)namespace: marathon$/gm, `$1namespace: ${namespace.name}`);
}

/** The shell commands of a page of docs/, one text a block; under one heading only, if it is given. */
export function shellBlocks(page: string, heading?: string): string[] {
  const text = readFileSync(join(__dirname, '../../../docs', page), 'utf8');
  const part = heading === undefined ? text : text.split(/^## /m).find(section => section.startsWith(`${heading}\n`));
  if (part === undefined) {
    throw new Error(`docs/${page} has no heading '${heading}'`);
  }
  return [...part.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block]) => block);
}

const PREWARM = `"${process.execPath}" "${join(__dirname, '../../../bin/prewarm')}"`;

/**
 * The commands of a block as they are typed for a namespace of the test's own, with the command line of this tree.
 *
 * @param manifests the file that has them
 */
export function commandsFor({ name }: Namespace, block: string, manifests: string): string {
  return block.replaceAll('-n marathon', `-n ${name}`).replaceAll("'dist/*.yaml'", manifests).replace(/^(npx )?prewarm /gm, `${PREWARM} `);
}
