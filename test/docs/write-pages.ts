import { readFileSync, writeFileSync } from 'node:fs';
import { PAGES, filled, pathOf } from './pages';

/** `npx projen reference`: writes those parts of the pages of docs/ that follow from the code. */
async function main(): Promise<void> {
  for (const page of PAGES) {
    writeFileSync(pathOf(page), await filled(readFileSync(pathOf(page), 'utf8')));
  }
}

void main();
