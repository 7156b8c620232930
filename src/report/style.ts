/** How answers stress what matters; plain where there are no colours. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

export function styleOf(colors: boolean): Style {
  const code = (on: number, off: number) => (text: string) => colors ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  // blue and yellow: told apart by every eye
  return { strong: code(1, 22), faint: code(2, 22), good: code(94, 39), bad: code(93, 39) };
}
