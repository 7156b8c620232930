import { ApiObject } from 'cdk8s';

/** What objects rendered last. */
const kept = new WeakMap<ApiObject, object>();

/** From now on, what an object renders is kept for one who needs it in the same synth. */
export function keepRendering(object: ApiObject): void {
  const render = object.toJson.bind(object);
  object.toJson = () => {
    const json = render();
    kept.set(object, json);
    return json;
  };
}

/** At the beginning of a synth: the object may have changed since. */
export function forgetRendering(object: ApiObject): void {
  kept.delete(object);
}

/** What the object rendered in this synth; renders it where it has not yet. */
export function renderingOf(object: ApiObject): object {
  const json = kept.get(object) ?? object.toJson();
  kept.delete(object);
  return json;
}
