/* eslint-disable @typescript-eslint/no-require-imports -- the bundle stands in the manifests of every service: as short as it can be read */
import fs = require('node:fs');
import { IncomingMessage } from 'node:http';
import https = require('node:https');
import vm = require('node:vm');
import { PROGRAM_CONFIG_KEY, PROGRAM_KEY } from '../core/plan/names';

// What the jobs start. The program lies in a ConfigMap that all services of a chart share, mounted beside this file. Where a pod of a running
// Job is replaced after a deploy, that ConfigMap may be gone: its name may have changed, and pruning takes the old one. The ConfigMap of this
// file never changes its name, says where the program is now, and the API server hands that out. Arm always takes this way: a deploy proves it.

/*! Finds the program of the keeper, which all services of a chart share, and hands over to it. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/';
const MOUNT = process.argv[1].replace(/[^/]*$/, '');
const role = process.argv[2];
const read = (path: string) => fs.readFileSync(path, 'utf8');

async function program(): Promise<string> {
  for (let waitMs = 1_000; ; waitMs = Math.min(2 * waitMs, 15_000)) {
    try {
      const isMounted = fs.existsSync(MOUNT + PROGRAM_KEY);
      return isMounted && role !== 'arm' ? read(MOUNT + PROGRAM_KEY) : await fetched(read(MOUNT + PROGRAM_CONFIG_KEY));
    } catch (error) {
      // no end but the Job's: inside a window nothing is final
      console.log(JSON.stringify({ role, did: 'waiting', message: 'there is no program to run: ' + (error as Error).message }));
      await new Promise(resolve => setTimeout(resolve, waitMs * (0.5 + Math.random() / 2)));
    }
  }
}

async function fetched(name: string): Promise<string> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = https.get({
      host: process.env.KUBERNETES_SERVICE_HOST,
      port: process.env.KUBERNETES_SERVICE_PORT,
      path: '/api/v1/namespaces/' + read(ACCOUNT + 'namespace') + '/configmaps/' + name,
      ca: read(ACCOUNT + 'ca.crt'),
      headers: { authorization: 'Bearer ' + read(ACCOUNT + 'token') },
      timeout: 10_000,
    }, resolve);
    request.on('timeout', () => request.destroy(new Error('no answer within 10 s'))).on('error', reject);
  });
  let body = '';
  for await (const part of answer.setEncoding('utf8')) {
    body += part;
  }
  const { data, message } = JSON.parse(body);
  if (!data?.[PROGRAM_KEY]) {
    throw new Error(message ?? name + ' has no ' + PROGRAM_KEY);
  }
  return data[PROGRAM_KEY];
}

void program().then(text => vm.compileFunction(text, ['require'], { filename: PROGRAM_KEY })(require));
