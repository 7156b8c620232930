import { Stored } from '../../src/core/kube-objects';
import { Followed } from '../../src/keeper/follow';
import { World } from '../../src/keeper/world';

const REF = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'queue' };

test('older news does not replace newer', () => {
  const { followed, heard } = following();
  followed.observe(version(9));
  followed.observe(version(10));
  followed.observe(version(9));
  expect(followed.current).toEqual(version(10));
  expect(heard()).toBe(2);
});

test('an answer that it does not exist is not believed where it has come into being meanwhile', async () => {
  const { followed, answer } = following();
  followed.observe(version(1));
  const looking = followed.look(0);
  followed.observe(version(2));
  answer(undefined);
  expect(await looking).toEqual(version(2));
});

test('an answer that it does not exist is news', async () => {
  const { followed, answer, heard } = following();
  followed.observe(version(1));
  const looking = followed.look(0);
  answer(undefined);
  expect(await looking).toBeUndefined();
  expect(heard()).toBe(2);
});

function version(rv: number): Stored {
  return { ...REF, metadata: { name: 'queue', namespace: 'shop', uid: 'a', resourceVersion: String(rv) } };
}

/** An object that is followed, and the answer that a look at it waits for. */
function following() {
  let answer: (object: Stored | undefined) => void = () => undefined;
  let changes = 0;
  const api = { find: async () => new Promise(resolve => answer = resolve) };
  const followed = new Followed({ api } as unknown as World, REF, () => changes++);
  return { followed, answer: (object: Stored | undefined) => answer(object), heard: () => changes };
}
