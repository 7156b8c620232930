import { ApiObject, JsonPatch } from 'cdk8s';
import { ContentName } from '../../src/private/content-name';
import { shortHash } from '../../src/private/hash';
import { chartIn } from '../support/charts';

test('a name follows what its object renders, each time', () => {
  const { name, object } = named();
  const first = name.resolve();
  object.metadata.addLabel('team', 'night');
  expect([object.toJson().metadata.name, `${name}`]).toEqual([name.resolve(), name.resolve()]);
  expect(name.resolve()).not.toBe(first);
  expect(first).toMatch(/^job-[0-9a-f]{8}$/);
});

test('does not depend on the name itself', () => {
  const seen: any[] = [];
  const { object } = named(rendered => {
    seen.push(rendered.metadata.name);
    return 'job-1';
  });
  object.toJson();
  object.toJson();
  expect(seen).toEqual(['job', 'job']);
});

test('a name that somebody patched stays', () => {
  const { name, object } = named();
  object.addJsonPatch(JsonPatch.replace('/metadata/name', 'mine'));
  expect([object.toJson().metadata.name, name.resolve()]).toEqual(['mine', 'mine']);
});

test('a failure to make it leaves it as it was', () => {
  let fails = true;
  const { name } = named(() => {
    if (fails) {
      throw new Error('no keeper');
    }
    return 'made';
  });
  expect(() => name.resolve()).toThrow('no keeper');
  fails = false;
  expect(name.resolve()).toBe('made');
});

function named(nameOf: (rendered: any) => string = rendered => `job-${shortHash(JSON.stringify(rendered))}`): { name: ContentName; object: ApiObject } {
  const name = new ContentName('job', nameOf);
  const object = new ApiObject(chartIn(), 'Job', { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: name.asName() } });
  name.give(object);
  return { name, object };
}
