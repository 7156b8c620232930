import * as net from 'node:net';
import { deployment } from './fake-cluster';
import { MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';
import { PlannedUse } from '../../src/core/plan/use-facts';
import { Connect, connectByTcp, connectOver } from '../../src/keeper/connect';

const DB: PlannedUse = { kind: 'connections', name: 'tickets-db', perPod: 8, limit: 1_000, host: 'db.example.com', port: 5_432 };
const BANK: PlannedUse = { kind: 'requestsPerSecond', name: 'bank', perRequest: 1, limit: 800, host: 'bank.example.com', port: 443 };
const NOWHERE: PlannedUse = { kind: 'connections', name: 'other', perPod: 1, limit: 10 };
const PLAN = planOf([opening('sale', { from: 60, at: 120, until: 180 }, 40, 60)], { uses: [DB, DB, BANK, NOWHERE] });

function failing(code: string): Connect {
  return async () => { throw Object.assign(new Error('told by node'), { code }); };
}

test('arm tries each dependency that has host and port once, and nothing else', async () => {
  const tried: unknown[] = [];
  await new Stage(PLAN).run('arm', { connect: async (...args) => { tried.push(args); } });
  expect(tried).toEqual([['db.example.com', 5_432, 2_000], ['bank.example.com', 443, 2_000]]);
});

test.each([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ETIMEDOUT', 'no answer within 2 s'],
  ['ENOTFOUND', 'there is no such name'],
  ['EAI_AGAIN', 'the name could not be looked up'],
  ['EHOSTUNREACH', 'EHOSTUNREACH'],
])('arm warns of %s in words, on the target and in the log, and does not fail', async (code, words) => {
  const stage = new Stage(PLAN);
  const pod = stage.start('arm', { connect: failing(code) });
  expect(await stage.time.play(pod.ending)).toMatchObject({ exitCode: 0 });
  const sentence = `dependency 'tickets-db' (db.example.com:5432) cannot be reached from the keeper's pod: ${words}; `
    + 'the network of the service may be another; look at DNS, network policies and firewalls';
  expect(pod.lines.map(({ message }) => message)).toContain(sentence);
  expect(stage.cluster.events.map(({ reason, type, message }: any) => [reason, type, message])).toContainEqual(['DependencyUnreachable', 'Warning', sentence]);
});

test('verify tries once before the opening, and is as ready as without', async () => {
  const stage = new Stage(PLAN);
  await stage.until(100);
  await stage.run('arm');
  stage.cluster.replace(WORKLOAD, deployment(40));
  let count = 0;
  const pod = stage.start('verify', { connect: async () => { count++; throw Object.assign(new Error(), { code: 'ECONNREFUSED' }); } });
  await stage.time.pass(30 * MINUTE);
  await pod.ending;
  expect(count).toBe(2);
  expect(pod.lines.filter(({ message }) => message.includes('cannot be reached'))).toHaveLength(2);
});

describe('over the network', () => {
  test('a port that listens is reached, and gets nothing', async () => {
    let got = 0;
    const server = net.createServer(socket => socket.on('data', data => { got += data.length; }).on('error', () => undefined));
    const port = await new Promise<number>(resolve => server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)));
    await connectByTcp('127.0.0.1', port, 2_000);
    await new Promise(resolve => server.close(resolve));
    expect(got).toBe(0);
  });

  test('a port where nobody listens refuses', async () => {
    await expect(connectByTcp('127.0.0.1', 1, 2_000)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('what does not answer in time is given up', async () => {
    const silent = new net.Socket();
    await expect(connectOver(() => silent)('db.example.com', 5_432, 20)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(silent.destroyed).toBe(true);
  });
});
