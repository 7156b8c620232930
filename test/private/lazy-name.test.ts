import { LazyName } from '../../src/private/lazy-name';

test('a name is made when it is resolved, each time', () => {
  let count = 0;
  const name = new LazyName(() => `name-${++count}`);
  expect([name.resolve(), `${name}`]).toEqual(['name-1', 'name-2']);
});

test('an object that is rendered to make its own name has none meanwhile', () => {
  const name: LazyName = new LazyName(() => `[${name.resolve()}]`);
  expect(name.resolve()).toBe('[]');
});

test('a failure to make it leaves it as it was', () => {
  let fails = true;
  const name = new LazyName(() => {
    if (fails) {
      throw new Error('no keeper');
    }
    return 'made';
  });
  expect(() => name.resolve()).toThrow('no keeper');
  fails = false;
  expect(name.resolve()).toBe('made');
});
