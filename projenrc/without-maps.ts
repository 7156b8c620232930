import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Takes the source maps out of what jsii has compiled.
 *
 * jsii writes them into every file, all sources included, and has no setting for it. They were three quarters of the package, and an app that imports
 * it read all of them.
 */
const LIB = join(__dirname, '../lib');
const INLINE_MAP = /\n\/\/# sourceMappingURL=data:.*/;

for (const file of readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.js'))) {
  const path = join(LIB, file);
  const text = readFileSync(path, 'utf8');
  const bare = text.replace(INLINE_MAP, '');
  if (bare !== text) {
    writeFileSync(path, bare);
  }
}
