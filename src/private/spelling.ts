import { zoneProblem } from '../core/time/wall-clock';

/** Whether Kubernetes takes a text for a part of most names: a DNS label. */
export function isLabel(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}

/** Whether YAML 1.2 reads a text without quotes as a number where cdk8s, which goes by YAML 1.1, writes none: `0o17`. */
export function isOctal(text: string): boolean {
  return /^0o[0-7]+$/.test(text);
}

/** Whether Kubernetes takes a text for the value of a label, and it arrives as a text. */
export function isLabelValue(text: string): boolean {
  return /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/.test(withoutVariables(text)) && !isOctal(text);
}

/** Whether Kubernetes takes a text for the name of a label or an annotation. */
export function isQualifiedName(text: string): boolean {
  const parts = withoutVariables(text).split('/');
  const name = parts.pop()!;
  return /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/.test(name) && parts.length < 2 && parts.every(isSubdomain);
}

/** Whether Kubernetes takes a text for most names: labels of DNS with dots between. */
export function isSubdomain(text: string): boolean {
  const plain = withoutVariables(text);
  return plain.length <= 253 && plain.split('.').every(isLabel);
}

/** A variable that a tool will replace before the apply, such as `${cluster}`, may stand for anything. */
export function withoutVariables(text: string): string {
  return text.replace(/\$\{[^}]*\}/g, 'x');
}

/** `, such as 'seoul-marathon'` for `Seoul Marathon`; empty where nothing is near. */
export function labelLike(text: string): string {
  const near = text.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 63).replace(/^-+|-+$/g, '');
  return isLabel(near) ? `, such as '${near}'` : '';
}

/** What may have been meant by a time of day that cannot be read: `9:00` and `9am` are `'09:00'`. */
export function timeLike(text: string): string {
  const [, hours, minutes = '00', half] = /^(\d{1,2})(?::([0-5]\d))?(?::00)? ?([ap]m)?$/i.exec(text) ?? [];
  const hour = half ? Number(hours) % 12 + (half.toLowerCase() === 'pm' ? 12 : 0) : Number(hours);
  if (hour === 24 && minutes === '00') {
    return "'00:00', on the day after";
  }
  return hour < 24 ? `'${String(hour).padStart(2, '0')}:${minutes}'` : "'20:00'";
}

/** Why a name must not be the zone of an event; undefined: it may. */
export function zoneRefusal(name: string): string | undefined {
  const [, sign, hours] = /^Etc\/GMT([+-])(\d+)$/.exec(name) ?? [];
  if (Number(hours) > 0) {
    return `is ${hours} ${hours === '1' ? 'hour' : 'hours'} ${sign === '+' ? 'behind' : 'ahead of'} UTC, the reverse of how it reads; `
      + "write the zone of a city, such as 'Asia/Seoul'";
  }
  const problem = zoneProblem(name);
  const near = problem?.startsWith('is unknown') ? nearestZone(name) : undefined;
  return near ? `is unknown; did you mean '${near}'?` : problem;
}

/** A zone of nearly the same name, or of that city. */
function nearestZone(name: string): string | undefined {
  const wanted = name.toLowerCase().replace(/[ -]/g, '_');
  let nearest: string | undefined;
  let least = Math.min(3, Math.ceil(wanted.length / 3));
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const there = zone.toLowerCase();
    const distance = there.endsWith(`/${wanted}`) ? 0 : editDistance(wanted, there);
    if (distance < least) {
      [nearest, least] = [zone, distance];
    }
  }
  return nearest;
}

/** How many letters must be put in, taken out or replaced to make one word of the other. */
export function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) {
    return Infinity;
  }
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
  }
  return row[b.length];
}
