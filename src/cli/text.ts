/** More than all manifests of a large fleet, and as much as a parser holds without harm. */
const MOST_BYTES = 20 * 2 ** 20;

/** Byte order marks, and what they tell. */
const MARKS: readonly { readonly bytes: readonly number[]; readonly encoding: string }[] = [
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
];

/**
 * The text of a file: UTF-8, or UTF-16 with a mark as PowerShell writes it with `>`.
 *
 * @throws Error that says what to do, for another encoding or for too much
 */
export function textOfBytes(bytes: Uint8Array): string {
  checkSize(bytes.length);
  const encoding = MARKS.find(mark => mark.bytes.every((byte, i) => bytes[i] === byte))?.encoding ?? 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`it is no text in ${encoding.toUpperCase()}; save it as UTF-8`);
  }
  if (text.includes('\u0000')) {
    throw new Error('it has NUL characters, as UTF-16 without a byte order mark has; save it as UTF-8');
  }
  return text;
}

/**
 * Refuses a file before it is read.
 *
 * @throws Error that names the size and the limit
 */
export function checkSize(size: number): void {
  if (size > MOST_BYTES) {
    throw new Error(`it has ${Math.ceil(size / 2 ** 20)} MiB, and ${MOST_BYTES / 2 ** 20} are read at most; name only the manifests that concern the plan`);
  }
}

/**
 * Our own clearing of the screen before a text, our own colours, or one character that a terminal or a reader would act upon: control
 * characters, and marks that turn the order of letters.
 */
const ACTING = /^\u001b\[2J\u001b\[3J\u001b\[H|\u001b\[(?:1|2|22|39|93|94)m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What stands in manifests may be anybody's, and must not steer a terminal: such characters are shown as JSON writes them. */
export function printable(text: string): string {
  return text.replace(ACTING, found => found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** In one line, so that nothing in a manifest can pass for a line of ours. */
export function inOneLine(text: string): string {
  return text.replace(/\s*[\n\r\u2028\u2029]\s*/g, ' ');
}
