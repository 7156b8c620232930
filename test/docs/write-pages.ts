import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES, filled } from './pages';
import { REFERENCE } from './schemas';

// `npx projen reference`: writes those parts of the reference pages that follow from the code
for (const page of PAGES) {
  const path = join(REFERENCE, page);
  writeFileSync(path, filled(readFileSync(path, 'utf8')));
}
