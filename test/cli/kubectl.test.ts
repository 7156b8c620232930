import { FakeIo } from './fake-io';
import { Finished, WrongInput } from '../../src/cli/io';
import { Kubectl, resourceOf } from '../../src/cli/kubectl';

describe('what kubectl is asked', () => {
  const argsOf = async (options: object) => {
    const asked: (readonly string[])[] = [];
    const { kubectl } = kubectlThat({ exitCode: 0, stdout: '', stderr: '' }, options, asked);
    await kubectl.get('configmaps');
    return asked[0].join(' ');
  };

  test("context and namespace only where they were named; kubectl's own are right otherwise", async () => {
    expect(await argsOf({})).toBe('--request-timeout 15s get configmaps --ignore-not-found --show-managed-fields -o json');
    expect(await argsOf({ context: 'prod', namespace: 'marathon' })).toMatch(/^--context prod --namespace marathon --request-timeout 15s get configmaps /);
  });
});

describe('what it answers', () => {
  const get = async (stdout: string) => kubectlThat({ exitCode: 0, stdout, stderr: '' }).kubectl.get('x');

  test('nothing, one object, or a list', async () => {
    const one = { kind: 'ConfigMap', metadata: { name: 'a' } };
    expect(await get('')).toEqual([]);
    expect(await get(JSON.stringify(one))).toEqual([one]);
    expect(await get(JSON.stringify({ kind: 'List', items: [one, one] }))).toEqual([one, one]);
  });
});

describe('what it refuses, as a sentence with a way out', () => {
  test.each([
    ['Error in configuration: context was not found for specified context: nope',
      "kubectl knows no context 'nope'; 'kubectl config get-contexts' lists those it knows"],
    ['error: context "nope" does not exist',
      "kubectl knows no context 'nope'; 'kubectl config get-contexts' lists those it knows"],
    ['Error from server (Forbidden): pods is forbidden: User "jo" cannot list resource "pods"',
      'not allowed: pods is forbidden: User "jo" cannot list resource "pods"; ask for that right, or take another --context'],
    ['E1122 15:31:58.563077   10522 memcache.go:265] "Unhandled Error" err="..."\nThe connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?',
      "the cluster does not answer: The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?; does 'kubectl get namespaces' work with this context?"],
    ['Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
      "the cluster does not answer: Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers); does 'kubectl get namespaces' work with this context?"],
    ['error: the server doesn\'t have a resource type "scaledobject"',
      'the server doesn\'t have a resource type "scaledobject": the plan\'s target is of a kind that this cluster does not know'],
    ['WARNING: version difference\nError from server (NotFound): namespaces "foo" not found', 'kubectl: namespaces "foo" not found'],
    ['', 'kubectl: no reason given'],
  ])('%s', async (stderr, sentence) => {
    const { kubectl } = kubectlThat({ exitCode: 1, stdout: '', stderr }, { context: 'nope' });
    await expect(kubectl.get('x')).rejects.toThrow(sentence);
  });
});

test('a kubectl that is not there', async () => {
  const io = new FakeIo({
    spawn: async () => {
      throw new WrongInput("cannot run 'kubectl': spawn kubectl ENOENT");
    },
  });
  await expect(new Kubectl(io, {}).time()).rejects.toThrow(new WrongInput(
    "cannot run 'kubectl': spawn kubectl ENOENT: wait, status and override work through your kubectl; install it, or put it on the PATH"));
});

test('a target is asked for in its own version and group', () => {
  expect(resourceOf({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'queue' })).toBe('horizontalpodautoscaler.v2.autoscaling/queue');
  expect(resourceOf({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'queue' })).toBe('scaledobject.v1alpha1.keda.sh/queue');
  expect(resourceOf({ apiVersion: 'v1', kind: 'ReplicationController', name: 'old' })).toBe('replicationcontroller/old');
});

test('a workload that is named in a version no longer served is asked for in the one that is', () => {
  expect(resourceOf({ apiVersion: 'apps/v1beta2', kind: 'Deployment', name: 'queue' })).toBe('deployment.v1.apps/queue');
});

function kubectlThat(answer: Finished, options: object = {}, asked: (readonly string[])[] = []) {
  const io = new FakeIo({
    spawn: async (_command, args) => {
      asked.push(args);
      return answer;
    },
  });
  return { kubectl: new Kubectl(io, options), io };
}
