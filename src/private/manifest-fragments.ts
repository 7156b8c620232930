import { ApiObject } from 'cdk8s';
import { ManifestFragments } from '../service-options';

interface Fields {
  readonly [field: string]: any;
}

/** What no fragment may say, and which prop says it. */
const ELSEWHERE: { readonly [fragment in keyof Required<ManifestFragments>]: { readonly [field: string]: string } } = {
  container: {
    name: "it is 'main'", image: "say 'image'", ports: "say 'port'", resources: "say 'cpu' and 'memory', or 'container.resources'",
  },
  pod: { containers: "say 'container' and 'pod.containers'" },
  autoscaler: {
    scaleTargetRef: "it is the service's Deployment",
    minReplicas: "the keeper writes it; say 'baseline.floor'",
    maxReplicas: "say 'ceiling', or the 'ceiling' of an event",
    metrics: "say 'autoscaling.metrics'",
  },
};

/** Lists to which something is added; ours have the writable /tmp. */
const ADDED = ['volumes', 'volumeMounts'];

/** @throws Error for a field that another prop says */
export function checkFragments({ container, pod, autoscaler }: ManifestFragments = {}): void {
  refuse('container', container);
  refuse('pod', pod);
  refuse('autoscaler', autoscaler);
}

function refuse(fragment: keyof ManifestFragments, fields: Fields = {}): void {
  const refused = ELSEWHERE[fragment];
  const field = Object.keys(fields).find(one => refused[one] !== undefined);
  if (field !== undefined) {
    throw new Error(`'manifest.${fragment}' must not have '${field}': ${refused[field]}`);
  }
}

/** Puts the fragments over what the objects render. */
export function applyFragments({ container, pod, autoscaler }: ManifestFragments = {}, deployment: ApiObject, hpa: ApiObject): void {
  if (container || pod) {
    rendersOver(deployment, ({ spec, ...rest }) => {
      const { template } = spec;
      const [first, ...others] = template.spec.containers;
      const podSpec = { ...over(template.spec, pod), containers: [over(first, container), ...others] };
      return { ...rest, spec: { ...spec, template: { ...template, spec: podSpec } } };
    });
  }
  if (autoscaler) {
    rendersOver(hpa, ({ spec, ...rest }) => ({ ...rest, spec: over(spec, autoscaler) }));
  }
}

/** A JSON patch would not do: what it adds goes through the schema of cdk8s-plus, which drops fields that it does not know. */
function rendersOver(object: ApiObject, change: (json: Fields) => Fields): void {
  const render = object.toJson.bind(object);
  object.toJson = () => change(render());
}

function over(ours: Fields, fields: Fields = {}): Fields {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { ...ours, ...Object.fromEntries(given.map(([field, value]) => [field, ADDED.includes(field) ? [...ours[field] ?? [], ...value] : value])) };
}
