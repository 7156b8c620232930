import { armName, checkName, cronJobName } from '../../src/private/object-names';

test('a job is named by its service, event and role', () => {
  expect(cronJobName('registration', 'bump', 'seoul-marathon')).toBe('registration-seoul-marathon-bump');
  expect(cronJobName('registration', 'repair')).toBe('registration-repair');
});

test('52 characters stay as they are, the most that a CronJob may have', () => {
  const name = cronJobName('a'.repeat(20), 'verify', 'b'.repeat(24));
  expect(name).toBe(`${'a'.repeat(20)}-${'b'.repeat(24)}-verify`);
  expect(name).toHaveLength(52);
});

test('a longer name keeps its start and its role, and gets a hash', () => {
  expect(cronJobName('a'.repeat(20), 'verify', 'b'.repeat(25))).toMatch(/^a{20}-b{15}-[0-9a-f]{8}-verify$/);
});

test('what is cut in the middle of two hyphens leaves none behind', () => {
  expect(cronJobName('a'.repeat(36), 'verify', 'b'.repeat(25))).toMatch(/^a{36}-[0-9a-f]{8}-verify$/);
});

test('long names that differ only at their end differ', () => {
  expect(cronJobName('registration', 'bump', `${'x'.repeat(60)}1`)).not.toBe(cronJobName('registration', 'bump', `${'x'.repeat(60)}2`));
});

test('the arm job has at most 63 characters, which is what a label can hold', () => {
  expect(armName('registration', '0123abcd')).toBe('registration-arm-0123abcd');
  expect(armName('a'.repeat(63), '0123abcd')).toMatch(/^a{41}-[0-9a-f]{8}-arm-0123abcd$/);
});

test.each(['', 'Registration', '-a', 'a-', 'a.b', 'a_b', 'x'.repeat(64)])('refuses %p as a name', name => {
  expect(() => checkName('name', name)).toThrow(`name '${name}' must be a DNS label`);
});
