/** `15,000` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 service`, `2 services` */
export function formatSome(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
