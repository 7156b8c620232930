import { prewarm } from './fake-io';
import { checkSize, textOfBytes } from '../../src/cli/text';
import { PlanError, decodePlan, encodePlan } from '../../src/core/plan/document';
import { findingsOf } from '../../src/manifests/findings';
import { rehearsedServiceOf } from '../../src/rehearsal/from-objects';
import { planJson } from '../../src/report/plan-json';
import { MARATHON, NOW, autoscaler, deployed, deployment, other, synthOf, yamlOf } from '../manifests/plans';

const OBJECTS = [...synthOf(MARATHON), deployment('registration'), autoscaler('registration')];
const ESCAPE = '\u001b]0;owned\u0007\u001b[2J';

async function plan(text: string, ...more: string[]) {
  return prewarm(['plan', '-', ...more], { stdin: text });
}

// ---- texts

test.each([
  ['UTF-8 with a mark', [0xef, 0xbb, 0xbf, 0x61], 'a'],
  ['UTF-16, little end first, as PowerShell writes it', [0xff, 0xfe, 0x61, 0x00], 'a'],
  ['UTF-16, big end first', [0xfe, 0xff, 0x00, 0x61], 'a'],
])('%s is read', (_, bytes, text) => {
  expect(textOfBytes(Uint8Array.from(bytes))).toBe(text);
});

test.each([
  ['UTF-16 without a mark', [0x61, 0x00], 'as UTF-16 without a byte order mark has; save it as UTF-8'],
  ['Latin-1', [0x61, 0xe9], 'it is no text in UTF-8; save it as UTF-8'],
])('%s is named', (_, bytes, message) => {
  expect(() => textOfBytes(Uint8Array.from(bytes))).toThrow(message);
});

test('a file of 100 MB is refused before it is read', () => {
  expect(() => checkSize(100 * 2 ** 20)).toThrow('it has 100 MiB, and 20 are read at most');
  expect(() => checkSize(20 * 2 ** 20)).not.toThrow();
});

// ---- YAML

test('merge keys are read as kubectl reads them', async () => {
  const yaml = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: registration, namespace: marathon }
spec:
  template:
    spec:
      containers:
        - name: app
          image: registry.example.com/app:1
          resources: &res
            requests: { cpu: 500m }
        - &side
          name: shipper
          image: registry.example.com/shipper:2
          resources:
            <<: *res
        - <<: *side
          name: metrics
---
`;
  expect(await plan(yaml + yamlOf(...synthOf(MARATHON), autoscaler('registration')), '--strict')).toMatchObject({ exitCode: 0, err: '' });
});

test('aliases that explode are refused with the place', async () => {
  const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`)}]`);
  expect(await plan(['l0: &l0 lol', ...levels].join('\n'))).toMatchObject({ exitCode: 2, err: expect.stringMatching(/^stdin:1:1: Excessive alias count/) });
});

test.each([
  ['in place of a value', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n', 'stdin:4:10: a map for a key'],
  ['in a line of its own', 'apiVersion: v1\nkind: ConfigMap\n{{- if .Values.on }}\nmetadata: { name: a }\n{{- end }}\n', 'stdin:'],
])("'{{' %s says that the chart is to be rendered first", async (_, yaml, place) => {
  const { exitCode, err } = await plan(yaml);
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(place) });
  expect(err).toContain("render the chart first, such as 'helm template CHART | prewarm plan -'");
});

test("'{{' within a text is a text, as alerts have it", async () => {
  const rule = other('v1', 'ConfigMap', 'alerts', { data: { text: '{{ .Value }} pods\n{{ end }}\n' } });
  expect(await plan(yamlOf(...OBJECTS, rule))).toMatchObject({ exitCode: 0 });
});

// ---- untrusted names

test('escape sequences in names are shown, and act on no terminal', async () => {
  const { out, err } = await plan(yamlOf(...OBJECTS.slice(0, -2), deployment('registration', { replicas: `${ESCAPE}\nerror: forged` })));
  expect(out + err).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  expect(err).toContain('\\u001b]0;owned\\u0007');
  expect(err.split('\n').filter(line => line.startsWith('error: forged'))).toEqual([]);
});

test('names are escaped in pictures', async () => {
  const service = `${MARATHON.service}<script>`;
  const objects = synthOf({ ...MARATHON, service: `${service}\u001b` });
  const { written } = await plan(yamlOf(...objects), '--svg', 'plan.svg', '--excerpt');
  expect(written['plan.svg']).not.toContain('<script>');
  expect(written['plan.svg']).not.toContain('\u001b');
});

// ---- fields of the wrong kind

const WRONG = [null, 5, 'text', [], [null], {}];

/** Each object again, with one field of it wrong. */
function* spoilt(object: any): Generator<any> {
  // what has no name, kind or version is no object, and is not read at all
  for (const path of pathsOf(object).filter(([first, second]) => first !== 'kind' && first !== 'apiVersion' && !(first === 'metadata' && second !== 'labels'))) {
    for (const wrong of WRONG) {
      const copy = structuredClone(object);
      const parent = path.slice(0, -1).reduce((value, key) => value[key], copy);
      parent[path[path.length - 1]] = wrong;
      yield copy;
    }
  }
}

function pathsOf(value: any): (string | number)[][] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.keys(value).flatMap(key => [[key], ...pathsOf(value[key]).map(path => [key, ...path])]);
}

const RICH = [
  deployment('registration', {
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }, minReadySeconds: 3, selector: { matchLabels: { app: 'registration' } },
  }),
  autoscaler('registration', {
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
    behavior: { scaleDown: { policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }], selectPolicy: 'Max' } },
  }),
  other('v1', 'ResourceQuota', 'team', { spec: { hard: { 'limits.cpu': '10', 'count/pods': 5 } } }),
  other('v1', 'LimitRange', 'limits', { spec: { limits: [{ type: 'Container', default: { cpu: '1' }, max: { cpu: '2' } }] } }),
  other('v1', 'Service', 'registration', { spec: { selector: { app: 'registration' }, ports: [{ port: 80, targetPort: 8080 }] } }),
  other('autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', 'vertical', {
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'registration' }, updatePolicy: { updateMode: 'Recreate' } },
  }),
];
Object.assign(RICH[0].spec.template, { metadata: { labels: { app: 'registration' }, annotations: {} } });
Object.assign(RICH[0].spec.template.spec, {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'registration' }, matchExpressions: [{ key: 'app', operator: 'In', values: ['registration'] }] }, topologyKey: 'zone' },
      ],
    },
  },
  initContainers: [{ name: 'proxy', restartPolicy: 'Always', startupProbe: { periodSeconds: 1 } }],
  tolerations: [{ key: 'team' }],
  nodeSelector: { disktype: 'ssd' },
  readinessGates: [{ conditionType: 'open' }],
});

const ALL = [...synthOf(MARATHON), ...RICH];

test('no field of a manifest that is of the wrong kind gives more than a finding or a refusal', () => {
  const thrown = new Set<string>();
  ALL.forEach((object, i) => {
    for (const wrong of spoilt(object)) {
      try {
        const found = deployed(...ALL.slice(0, i), wrong, ...ALL.slice(i + 1));
        const findings = findingsOf({ deployed: found, now: NOW, isExcerpt: false });
        JSON.stringify(planJson(found.services, findings, NOW));
        found.services.map(rehearsedServiceOf);
      } catch (error) {
        thrown.add(`${object.kind}: ${(error as Error).stack?.split('\n').slice(0, 2).join(' ')}`);
      }
    }
  });
  expect([...thrown]).toEqual([]);
});

test('no field of a plan that is of the wrong kind gives more than a refusal that names it', () => {
  const written = JSON.parse(encodePlan(MARATHON));
  const thrown = new Set<string>();
  for (const wrong of spoilt(written)) {
    try {
      decodePlan(JSON.stringify(wrong));
    } catch (error) {
      if (!(error instanceof PlanError)) {
        thrown.add((error as Error).message);
      }
    }
  }
  expect([...thrown]).toEqual([]);
});

test('an alias within what it names is refused', async () => {
  expect(await plan('apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: registration }\nspec: &spec { template: *spec }'))
    .toMatchObject({ exitCode: 2, err: 'stdin:1:1: an alias stands within what it names' });
});
