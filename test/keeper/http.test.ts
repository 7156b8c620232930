import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { HttpRequest, TooLarge, postTo, sendTo } from '../../src/keeper/http';

// made for these tests: authority of itself, for 127.0.0.1, until 2126
const CERTIFICATE = readFileSync(join(__dirname, 'fixtures', 'cert.pem'), 'utf8');
const KEY = readFileSync(join(__dirname, 'fixtures', 'key.pem'), 'utf8');
const REQUEST: HttpRequest = { method: 'GET', path: '/api/v1/x?y=1', headers: { authorization: 'Bearer t' }, timeoutMs: 300 };

const servers: http.Server[] = [];
/** The last that a server of these tests took, below TLS. */
let connection: Socket;

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }));
});

test('sends method, path, headers and body, and hands back status, headers and body', async () => {
  const send = await serving((request, response) => {
    let body = '';
    request.on('data', chunk => body += chunk);
    request.on('end', () => response.writeHead(201, { 'x-said': `${request.method} ${request.url} ${request.headers.authorization}` }).end(body));
  });
  const answer = await send({ ...REQUEST, method: 'PATCH', body: '{"überall":1}' });
  expect(answer).toMatchObject({ status: 201, headers: { 'x-said': 'PATCH /api/v1/x?y=1 Bearer t' }, body: '{"überall":1}' });
});

test('takes in no more of an answer than it is told to', async () => {
  let sent = 0;
  const send = await serving((_, response) => {
    const write = () => {
      while (sent < 50_000_000 && response.write('x'.repeat(100_000))) {
        sent += 100_000;
      }
    };
    response.on('drain', write);
    write();
  });
  await expect(send({ ...REQUEST, timeoutMs: 10_000, mostChars: 300_000 })).rejects.toThrow(new TooLarge('the answer has more than 300000 characters'));
  expect(sent).toBeLessThan(50_000_000);
});

test('refuses a server that the given authority does not vouch for', async () => {
  const server = await listen(https.createServer({ cert: CERTIFICATE, key: KEY }, (_, response) => response.end('{}')));
  const [other] = rootCertificates;
  await expect(sendTo({ host: '127.0.0.1', port: server, ca: () => other })(REQUEST)).rejects.toThrow(/self.signed certificate/);
});

test('refuses a server whose certificate is for another name', async () => {
  const server = await listen(https.createServer({ cert: CERTIFICATE, key: KEY }, (_, response) => response.end('{}')));
  await expect(sendTo({ host: '127.0.0.2', port: server, ca: () => CERTIFICATE })(REQUEST)).rejects.toThrow(/does not match certificate/);
});

test.each<[string, Handler, RegExp]>([
  ['a reset before the answer', () => connection.resetAndDestroy(), /ECONNRESET|socket hang up/],
  ['a reset in the middle of a body', (_, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{"a":');
    setTimeout(() => connection.resetAndDestroy(), 20);
  }, /ECONNRESET|aborted|broke off/],
  ['a connection closed in the middle of a body', (request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{"a":');
    setTimeout(() => request.socket.destroy(), 20);
  }, /aborted|broke off/],
  ['a chunked body that never ends properly', (request, response) => {
    response.writeHead(200).write('{"a":1}');
    setTimeout(() => request.socket.destroy(), 20);
  }, /aborted|broke off/],
  ['no answer at all', () => undefined, /no answer within 300 ms/],
  ['headers, then nothing', (_, response) => {
    response.writeHead(200, { 'content-length': 10 }).flushHeaders();
  }, /no answer within 300 ms|aborted/],
  ['a body that drips', (_, response) => {
    response.writeHead(200, { 'content-length': 1_000 });
    const drip = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(drip));
  }, /no answer within 300 ms|aborted/],
  ['something that is no HTTP', request => request.socket.end('what?\r\n\r\n'), /Parse Error|hang up|ECONNRESET/],
])('%s is an error', async (_, handler, message) => {
  const send = await serving(handler);
  await expect(send(REQUEST)).rejects.toThrow(message);
});

test('a refused connection is an error', async () => {
  const server = await listen(http.createServer());
  await new Promise(resolve => servers.pop()!.close(resolve));
  await expect(sendTo({ host: '127.0.0.1', port: server, ca: () => CERTIFICATE })(REQUEST)).rejects.toThrow('ECONNREFUSED');
});

test('an exchange that fails does not harm the next', async () => {
  let calls = 0;
  const send = await serving((request, response) => calls++ % 2 ? response.end('{}') : request.socket.destroy());
  await expect(send(REQUEST)).rejects.toThrow();
  expect(await send(REQUEST)).toMatchObject({ status: 200, body: '{}' });
});

test('a stream is handed over line by line, however it is cut into pieces', async () => {
  const send = await serving((_, response) => {
    const bytes = Buffer.from('{"a":"é"}\n\n{"b":2}\n{"c":3}\n');
    let i = 0;
    const next = () => i < bytes.length ? response.write(bytes.subarray(i, ++i), () => setImmediate(next)) : response.end();
    next();
  });
  const lines: string[] = [];
  await send({ ...REQUEST, onLine: line => lines.push(line) });
  expect(lines).toEqual(['{"a":"é"}', '{"b":2}', '{"c":3}']);
});

test('a stream may last longer than an answer, and ends with its signal', async () => {
  const send = await serving((_, response) => {
    response.writeHead(200).write('{"a":1}\n');
    setTimeout(() => response.write('{"b":2}\n'), 400);
  });
  const lines: string[] = [];
  const end = new AbortController();
  const stream = send({
    ...REQUEST,
    signal: end.signal,
    onLine: line => {
      lines.push(line);
      if (lines.length === 2) {
        end.abort();
      }
    },
  });
  await expect(stream).rejects.toThrow(/abort/);
  expect(lines).toEqual(['{"a":1}', '{"b":2}']);
});

test('the refusal of a stream is an answer like any other', async () => {
  const send = await serving((_, response) => response.writeHead(403).end('{"message":"no"}'));
  const lines: string[] = [];
  expect(await send({ ...REQUEST, onLine: line => lines.push(line) })).toMatchObject({ status: 403, body: '{"message":"no"}' });
  expect(lines).toEqual([]);
});

test('headers are handed over as soon as they come', async () => {
  const send = await serving((_, response) => {
    response.writeHead(200, { date: 'Sat, 05 Dec 2026 01:00:00 GMT' }).write('{}');
    setTimeout(() => response.end(), 50);
  });
  const heard: string[] = [];
  const answer = send({ ...REQUEST, onHeaders: headers => heard.push(String(headers.date)) }).then(() => heard.push('body'));
  await answer;
  expect(heard).toEqual(['Sat, 05 Dec 2026 01:00:00 GMT', 'body']);
});

describe('the webhook', () => {
  test('gets JSON', async () => {
    const got: string[] = [];
    const port = await listen(http.createServer((request, response) => {
      request.on('data', chunk => got.push(String(chunk)));
      request.on('end', () => {
        got.push(`${request.method} ${request.url} ${request.headers['content-type']}`);
        response.end();
      });
    }));
    await postTo(`http://127.0.0.1:${port}/services/T0/secret`)('{"text":"hello"}');
    expect(got).toEqual(['{"text":"hello"}', 'POST /services/T0/secret application/json']);
  });

  test.each<[string, (port: string) => string, string]>([
    ['that answers no', port => `http://127.0.0.1:${port}/secret`, 'it answered 500'],
    ['that hangs up', port => `https://127.0.0.1:${port}/secret`, '[A-Z_]+'],
    ['whose address is none', () => 'not an address, secret', 'ERR_INVALID_URL'],
  ])('%s is complained about without its address', async (_, url, complaint) => {
    const port = await listen(http.createServer((__, response) => response.writeHead(500).end()));
    const error: Error = await postTo(url(port))('{}').then(() => new Error('it went well'), caught => caught);
    expect(error.message).toMatch(new RegExp(`^${complaint}$`));
    expect(error.message).not.toContain('secret');
  });
});

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => unknown;

/** What talks to a server of these tests. */
async function serving(handler: Handler) {
  const port = await listen(https.createServer({ cert: CERTIFICATE, key: KEY }, (request, response) => {
    handler(request, response);
  }));
  return sendTo({ host: '127.0.0.1', port, ca: () => CERTIFICATE });
}

async function listen(server: http.Server): Promise<string> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    connection = socket;
  });
  await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve));
  return String((server.address() as AddressInfo).port);
}
