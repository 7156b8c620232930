import * as fc from 'fast-check';
import { decodeRepaired, encodeRepaired, formatTroubles, troubleOf } from '../../../src/core/plan/repaired';

const NAME = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/);

test('a list of services is read back as it was written', () => {
  fc.assert(fc.property(NAME, fc.array(fc.record({ name: NAME, webhook: NAME }, { requiredKeys: ['name'] })), (repair, services) => {
    expect(decodeRepaired(encodeRepaired({ repair, services }))).toEqual({ repair, services });
  }), { seed: 20261125 });
});

test.each([
  ['no JSON', '{', /^the list of services to repair is no JSON .*; deploy the chart again$/],
  ['another version', '{"version":2}', /has version 2, this program reads version 1/],
  ['no names', '{"version":1,"repair":"a","services":[{}]}', /lacks 'repair' or the names of 'services'; deploy the chart again/],
])('a list that has %s is refused', (_, text, sentence) => {
  expect(() => decodeRepaired(text)).toThrow(sentence);
});

test('what a line of troubles says of a service is that service\'s trouble, or that it has none, or nothing at all', () => {
  const message = fc.string({ minLength: 1, maxLength: 300 }).map(text => text.replaceAll(' | ', ' '));
  const some = fc.uniqueArray(fc.record({ service: NAME, message }), { selector: ({ service }) => service, minLength: 1 });
  fc.assert(fc.property(some, NAME, (troubles, other) => {
    const line = formatTroubles(troubles, troubles.length + 5);
    const isWhole = !/ \| and \d+ more$/.test(line);
    for (const trouble of troubles) {
      expect(isWhole ? [trouble] : [trouble, undefined]).toContainEqual(troubleOf(line, trouble.service));
    }
    if (!troubles.some(({ service }) => service === other)) {
      expect(troubleOf(line, other)).toBe(isWhole ? 'none' : undefined);
    }
  }), { seed: 20261125 });
});

test('a line of troubles fits the end of a log, however many they are', () => {
  const troubles = Array.from({ length: 500 }, (_, i) => ({ service: `web-${i}`, message: 'could not get horizontalpodautoscalers/web: 404' }));
  const line = formatTroubles(troubles, 500);
  expect(Buffer.byteLength(line)).toBeLessThan(2_048);
  expect(line).toMatch(/^500 of 500 services failed \| web-0: .* \| and 4\d\d more$/);
});

test('what no repair has said is no line of troubles', () => {
  expect(troubleOf('Job was active longer than specified deadline', 'web')).toBeUndefined();
});
