import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/';
const STARTER = readFileSync(join(__dirname, '..', '..', 'assets', 'keeper', 'starter', 'index.js'), 'utf8');
const FIXTURES = join(__dirname, 'fixtures');
const PROGRAM = 'console.log(`${require("node:path").basename(process.argv[1])} ${process.argv.slice(2).join(" ")}`); process.exit(3);';
const PROGRAM_OF = (name: string) => JSON.stringify({ data: { 'program.js': `console.log("program of ${name}"); ${PROGRAM}` } });

let folder: string;
/** What each request was answered; the last answer is repeated. */
let answers: { readonly status: number; readonly body: string }[];
const requests: string[] = [];
const server = createServer({ cert: readFileSync(join(FIXTURES, 'cert.pem')), key: readFileSync(join(FIXTURES, 'key.pem')) },
  (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const { status, body } = answers.length > 1 ? answers.shift()! : answers[0];
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });

beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise(resolve => server.close(resolve)));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starter-'));
  const account = join(folder, 'account');
  mkdirSync(account);
  writeFileSync(join(account, 'namespace'), 'shop');
  writeFileSync(join(account, 'token'), 'secret');
  writeFileSync(join(account, 'ca.crt'), readFileSync(join(FIXTURES, 'cert.pem')));
  expect(STARTER).toContain(`"${ACCOUNT}"`);
  writeFileSync(join(folder, 'keeper.js'), STARTER.replace(ACCOUNT, `${account}/`));
  writeFileSync(join(folder, 'program-configmap'), 'queue-prewarm-keeper');
  requests.length = 0;
  answers = [{ status: 200, body: PROGRAM_OF('the API server') }];
});

afterEach(() => rmSync(folder, { recursive: true }));

test('runs the program that is mounted beside it, as if that had been started, and asks nobody', async () => {
  writeFileSync(join(folder, 'program.js'), PROGRAM);
  expect(await start('bump', '--event', 'sale')).toEqual({ code: 3, lines: ['keeper.js bump --event sale'] });
  expect(requests).toEqual([]);
});

test('where no program is mounted, the API server has the one that is named beside it now', async () => {
  expect(await start('bump', '--event', 'sale')).toEqual({ code: 3, lines: ['program of the API server', 'keeper.js bump --event sale'] });
  expect(requests).toEqual(['GET /api/v1/namespaces/shop/configmaps/queue-prewarm-keeper Bearer secret']);
});

test('arm takes the way over the API server also where a program is mounted, so that each deploy proves it', async () => {
  writeFileSync(join(folder, 'program.js'), PROGRAM);
  expect(await start('arm')).toEqual({ code: 3, lines: ['program of the API server', 'keeper.js arm'] });
});

test('says why there is no program, and tries again', async () => {
  const forbidden = 'configmaps "queue-prewarm-keeper" is forbidden: User "queue-prewarm" cannot get resource "configmaps"';
  answers = [{ status: 403, body: JSON.stringify({ message: forbidden }) }, ...answers];
  const { code, lines } = await start('drop');
  expect(code).toBe(3);
  expect(JSON.parse(lines[0])).toEqual({ role: 'drop', did: 'waiting', message: `there is no program to run: ${forbidden}` });
  expect(lines.slice(1)).toEqual(['program of the API server', 'keeper.js drop']);
});

test.each([
  ['that is no JSON', '<html>', /no program to run: Unexpected token/],
  ['without a program', '{"data":{}}', /no program to run: queue-prewarm-keeper has no program.js/],
])('an answer %s is one to try again', async (_, body, message) => {
  answers = [{ status: 200, body }, ...answers];
  const { code, lines } = await start('drop');
  expect([code, lines.length]).toEqual([3, 3]);
  expect(JSON.parse(lines[0]).message).toMatch(message);
});

test('a program that comes to be mounted meanwhile is run', async () => {
  answers = [{ status: 404, body: '{"message":"not found"}' }];
  setTimeout(() => writeFileSync(join(folder, 'program.js'), PROGRAM), 300);
  const { code, lines } = await start('verify');
  expect(code).toBe(3);
  expect(lines[lines.length - 1]).toBe('keeper.js verify');
});

function start(...args: string[]): Promise<{ code: number | null; lines: string[] }> {
  const { port } = server.address() as AddressInfo;
  const env = { ...process.env, KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: `${port}` };
  const child = spawn(process.execPath, [join(folder, 'keeper.js'), ...args], { env });
  let out = '';
  child.stdout.on('data', text => out += text);
  child.stderr.on('data', text => out += text);
  return new Promise(resolve => child.on('close', code => resolve({ code, lines: out.trim().split('\n') })));
}
