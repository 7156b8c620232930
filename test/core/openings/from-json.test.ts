import { openingsFromJson } from '../../../src/core/openings/from-json';
import { HOUR } from '../../../src/core/time/wall-clock';

const AT_TEN = Date.parse('2026-12-05T10:00:00+09:00');

test('reads openings with the zone that the document names', () => {
  expect(openingsFromJson('{ "timeZone": "Asia/Seoul", "openings": [{ "at": "2026-12-05T10:00", "demand": "large", "lead": "3h", "hold": "PT2H", "title": "Marathon" }] }', undefined))
    .toEqual({ timeZone: 'Asia/Seoul', openings: [{ at: AT_TEN, where: 'opening 1', demand: 'large', leadMs: 3 * HOUR, holdMs: 2 * HOUR }] });
});

test('reads a list alone', () => {
  expect(openingsFromJson('[{ "at": "2026-12-05T10:00:00+09:00" }]', undefined)).toEqual({ openings: [{ at: AT_TEN, where: 'opening 1' }] });
});

test("a zone of the program wins over the document's", () => {
  expect(openingsFromJson('{ "timeZone": "Europe/Berlin", "openings": [{ "at": "2026-12-05T10:00" }] }', 'Asia/Seoul').openings[0].at).toBe(AT_TEN);
});

test.each([
  ['what is no JSON', '{', 'the list is no JSON: '],
  ['another document', '{"at": "2026"}', 'the list must be { "openings": [{ "at": "2026-12-05T10:00" }] }, or the part in brackets alone'],
  ['an unknown field of the document', '{"zone": "Asia/Seoul", "openings": []}', "the list has a field 'zone'; known are timeZone and openings"],
  ['no opening', '[]', 'the list has no opening'],
  ['a text in place of an opening', '["2026-12-05T10:00"]', 'opening 1: must be an object such as { "at": "2026-12-05T10:00" }, got "2026-12-05T10:00"'],
  ['an unknown field', '[{"at": "2026-12-05T10:00Z", "leed": "2h"}]', "opening 1: has a field 'leed'; known are at, timeZone, demand, lead, hold, title"],
  ['no instant', '[{"demand": "large"}]', 'opening 1: \'at\' is missing; write "at": "2026-12-05T10:00"'],
  ['a number', '[{"at": "2026-12-05T10:00Z", "lead": 90}]', "opening 1: 'lead' must be a text, got 90"],
  ['two that contradict each other', '[{"at": "2026-12-05T10:00Z"}, {"at": "2026-12-05T10:00Z", "demand": "large"}]', 'opening 1 and opening 2 contradict each other'],
])('refuses %s', (_, text, message) => {
  expect(() => openingsFromJson(text, undefined)).toThrow(message);
});
