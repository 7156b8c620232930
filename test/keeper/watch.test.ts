import { NAMESPACE, VirtualTime } from './fake-cluster';
import { MANAGER, SECOND } from './harness';
import { HttpAnswer, HttpRequest } from '../../src/keeper/http';
import { KubeApi } from '../../src/keeper/kube-api';
import { PACE } from '../../src/keeper/pace';

const AUTOSCALER = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'queue' };

test('a watch whose connection has died without a word is given up ten seconds after the server should have ended it', async () => {
  const time = new VirtualTime();
  const asked: string[] = [];
  const api = new KubeApi({
    send: async request => silence(request, asked),
    timers: time,
    random: () => 0.5,
    readToken: () => 'token',
    namespace: NAMESPACE,
    manager: MANAGER,
    pace: PACE,
    stop: new AbortController().signal,
  });
  await time.play(api.watch(AUTOSCALER, '1', new AbortController().signal, () => undefined));
  expect(new URL(asked[0], 'https://api').searchParams.get('timeoutSeconds')).toBe('150');
  expect(time.now()).toBe(160 * SECOND);
});

/** A server that takes the request and says nothing, ever. */
async function silence({ path, signal }: HttpRequest, asked: string[]): Promise<HttpAnswer> {
  asked.push(path);
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
}
