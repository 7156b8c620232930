import { createHash } from 'node:crypto';

/** The first characters of a SHA-256, enough to tell texts of one app apart. */
export function shortHash(text: string, length: number = 8): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
