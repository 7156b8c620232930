import { FindingOf, eventReasonOf, textOf } from '../../src/core/finding';

test("a finding's id in CamelCase is the reason of its Kubernetes Event", () => {
  expect(eventReasonOf('higher-floor-kept')).toBe('HigherFloorKept');
  expect(eventReasonOf('armed')).toBe('Armed');
});

test('a finding reads as its sentence and its way out, with a colon where a command follows', () => {
  expect(textOf({ sentence: 'the floor is 2' })).toBe('the floor is 2');
  expect(textOf({ sentence: 'the floor is 2', remedy: 'raise it' })).toBe('the floor is 2; raise it');
  expect(textOf({ sentence: 'the floor is 2', remedy: 'this raises it', command: 'prewarm' })).toBe('the floor is 2; this raises it:');
});

test('an id that no table declares, and a severity that its id has not, are refused by the compiler', () => {
  type One = FindingOf<{ readonly 'floor-low': { readonly severities: readonly ['error', 'warning']; readonly meaning: string } }>;
  const finding: One = { id: 'floor-low', severity: 'warning', sentence: 'the floor is 2' };
  // @ts-expect-error not declared
  const unknown: One = { ...finding, id: 'floor-lo' };
  // @ts-expect-error never a note
  const mild: One = { ...finding, severity: 'note' };
  expect([unknown.id, mild.severity]).toEqual(['floor-lo', 'note']);
});
