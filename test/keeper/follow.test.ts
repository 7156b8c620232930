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

describe('an object that is sized by its /scale', () => {
  test('is read at what a watch tells, and what the watch tells of it is not taken for it', async () => {
    const { followed, hear, asked, answer } = scaled();
    hear(version(2));
    expect([asked(), followed.current]).toEqual([1, version(1)]);
    answer(version(2));
    await settled();
    expect(followed.current).toEqual(version(2));
  });

  test('is read once more where there was news while it was read, however much', async () => {
    const { followed, hear, asked, answer } = scaled();
    [2, 3, 4].forEach(rv => hear(version(rv)));
    answer(version(2));
    await settled();
    expect(asked()).toBe(2);
    answer(version(4));
    await settled();
    expect([asked(), followed.current]).toEqual([2, version(4)]);
  });
});

/** One that is watched, and each look at which waits for its answer. */
function scaled() {
  let hear: (object: Stored) => void = () => undefined;
  let answer: (object: Stored | undefined) => void = () => undefined;
  let asked = 0;
  const api = {
    find: async () => {
      asked++;
      return new Promise(resolve => answer = resolve);
    },
    watch: async (_ref: object, _rv: string, _signal: AbortSignal, onEvent: (event: object) => void) => {
      hear = object => onEvent({ type: 'MODIFIED', object });
      return new Promise(() => undefined);
    },
    within: () => 0,
  };
  const world = { api, pace: { pollMs: 1_000 }, timers: { now: () => 0, sleep: async () => new Promise(() => undefined) } };
  const ref = { apiVersion: 'games.example.com/v1', kind: 'GameServerSet', name: 'queue', plural: 'gameserversets' };
  const followed = new Followed(world as unknown as World, ref, () => undefined);
  followed.observe(version(1));
  void followed.follow(1_000, new AbortController().signal);
  return { followed, hear: (object: Stored) => hear(object), asked: () => asked, answer: (object: Stored | undefined) => answer(object) };
}

/** All that can happen without time passing has happened. */
async function settled(): Promise<void> {
  await new Promise(setImmediate);
}

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
