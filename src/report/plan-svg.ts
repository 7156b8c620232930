export function planSvg(_a: any, _b: any): string { return ''; }
