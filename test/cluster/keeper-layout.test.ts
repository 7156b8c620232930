import { App, Chart, Testing, Yaml } from 'cdk8s';
import { eventually, onCluster, sleep } from './support/cluster';
import { minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, guarded, serviceIn } from './support/services';
import { OpeningEvent } from 'cdk8s-prewarm';

// pods of running Jobs are made from the template of the deploy before, whatever has become of the objects that it names

/** What a keeper of the next release says first. */
const NEXT = '{"did":"started","release":"next"}';

onCluster('pods that replace guards in the middle of a window', {}, () => {
  const namespace = Namespace.forGroup('layout');
  let event: OpeningEvent;

  beforeAll(async () => {
    event = eventFrom(minuteAfter(20_000), { minutes: 9 });
    // three apps in one namespace; each chart has the same id
    await deploy('one', 'upgraded');
    await deploy('two', 'host', 'guest');
    await deploy('three', 'last', 'mover', 'rest');
    await armed(namespace);
    const guardedOnes = ['upgraded', 'guest', 'mover', 'last'];
    await Promise.all(guardedOnes.map(name => bump(namespace, name)));
    await Promise.all(guardedOnes.map(name => guarded(namespace, name)));
    // guards stand before the window, in which a lower floor is nobody's to put back
    await eventually('the floors', 120_000, async () => (await Promise.all(guardedOnes.map(name => namespace.floor(name)))).every(floor => floor === 6));
  });

  test('run the new program after an upgrade', async () => {
    const program = (text: string) => text.replace(/^( {4})"use strict";$/m, `$1"use strict";\n$1console.log(${JSON.stringify(NEXT)});`);
    await apply('one', manifestsOf('one', 'upgraded').split('---\n').map(object => object.includes('program.js: ') ? program(object) : object).join('---\n'));
    const logs = await logsOfReplaced('upgraded');
    expect(logs.every(log => log.startsWith(NEXT))).toBe(true);
  });

  test('find the program where the service by which it was named has left the chart, and the old one was pruned', async () => {
    await deploy('two', 'guest');
    expect(await programs()).not.toContain('host-prewarm-keeper');
    await logsOfReplaced('guest');
  });

  test('find the program where their service moved to another chart, whose program has another name, and the old one was pruned', async () => {
    await deploy('two', 'guest', 'mover', 'last');
    await deploy('three', 'rest');
    expect(await programs()).not.toContain('last-prewarm-keeper');
    await logsOfReplaced('mover');
  });

  test('start, and say what is missing, where the program was deleted, and run once it is back', async () => {
    await deploy('two', 'guest', 'mover', 'last');
    await namespace.kubectl(['delete', 'configmap', 'guest-prewarm-keeper']);
    const [pod] = await replaceGuards('last');
    await eventually('a sentence', 60_000, async () => /guest-prewarm-keeper.* not found/.test(await namespace.kubectl(['logs', pod])));
    await deploy('two', 'guest', 'mover', 'last');
    await restores('last');
  });

  test('a job that is there before its program waits for it', async () => {
    const [program, rest] = parted(manifestsOf('four', 'early'));
    await namespace.apply(rest);
    await eventually('a pod of arm that waits', 60_000, async () =>
      (await namespace.tryKubectl(['logs', '-l', 'cdk8s-prewarm/service=early,cdk8s-prewarm/role=arm'])).stdout.includes('there is no program to run'));
    await namespace.apply(program);
    await armed(namespace, 'cdk8s-prewarm/service=early,cdk8s-prewarm/role=arm');
  });

  /** Deploys a chart as a pipeline does that prunes by the label of an app. */
  function deploy(app: string, ...services: string[]): Promise<void> {
    return apply(app, manifestsOf(app, ...services));
  }

  async function apply(app: string, manifests: string): Promise<void> {
    await namespace.apply(manifests, '--prune', '-l', `app=${app}`);
  }

  function manifestsOf(app: string, ...services: string[]): string {
    const chart = new Chart(new App(), 'chart', { namespace: namespace.name, labels: { app } });
    services.forEach(name => serviceIn(chart, name, 6, event));
    return Yaml.stringify(...Testing.synth(chart));
  }

  async function programs(): Promise<string[]> {
    return (await namespace.list('configmaps', 'cdk8s-prewarm/role=keeper')).map(({ metadata }) => metadata.name);
  }

  /** Deletes all guards at once; the names of those that come. */
  async function replaceGuards(name: string): Promise<string[]> {
    const selector = guardsOf(name);
    const old = new Set((await namespace.pods(selector)).map(({ metadata }) => metadata.name));
    await namespace.kubectl(['delete', 'pods', '-l', selector, '--wait=false', '--grace-period=1']);
    return eventually(`successors of the guards of ${name}`, 90_000, async () => {
      const running = (await namespace.pods(selector)).filter(({ metadata, status }) => !old.has(metadata.name) && status.phase === 'Running');
      return running.length >= 2 && running.map(({ metadata }) => metadata.name);
    });
  }

  /** What the successors of all guards say, once they do what guards do. */
  async function logsOfReplaced(name: string): Promise<string[]> {
    await replaceGuards(name);
    await restores(name);
    // of a deploy that changed them too, Kubernetes replaces some once more
    await namespace.kubectl(['rollout', 'status', `deployment/${name}-prewarm-guards`, '--timeout=60s']);
    const pods = await namespace.pods(guardsOf(name));
    return Promise.all(pods.map(({ metadata }) => namespace.kubectl(['logs', metadata.name])));
  }

  async function restores(name: string): Promise<void> {
    await eventually(`a restored floor of ${name}`, 30_000, async () => {
      await namespace.patch('hpa', name, { spec: { minReplicas: 3 } });
      await sleep(2_000);
      return await namespace.floor(name) === 6;
    });
  }
});

const guardsOf = (name: string) => `cdk8s-prewarm/service=${name},cdk8s-prewarm/role=guard`;

/** The program, and all else. */
function parted(manifests: string): [string, string] {
  const objects = manifests.split('---\n');
  const isProgram = (object: string) => object.includes('program.js: ');
  return [objects.filter(isProgram).join('---\n'), objects.filter(object => !isProgram(object)).join('---\n')];
}
