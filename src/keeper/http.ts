import { Agent, request as ask } from 'node:https';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  /** For the whole answer; for a stream until it begins. */
  readonly timeoutMs: number;
  /** The most characters of an answer that are taken in; absent: there is no limit. */
  readonly mostChars?: number;
  readonly signal?: AbortSignal;
  /** Called as soon as an answer begins. */
  readonly onHeaders?: (headers: HttpAnswer['headers'], status: number) => void;
  /** Asks for a stream: called with each line of a 200; the promise ends with the stream. */
  readonly onLine?: (line: string) => void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: string;
}

/** An answer has more characters than whoever asked takes in. */
export class TooLarge extends Error {}

/** One exchange; rejects when there is no whole answer, with TooLarge where it is cut. */
export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

export interface Server {
  readonly host: string;
  readonly port: string;
  /** Read for each connection, since clusters renew it. */
  readonly ca: () => string;
}

/** Talks to one server, whose certificate is always verified against the given authority. */
export function sendTo(server: Server): Send {
  const agent = new Agent({ keepAlive: true });
  return request => new Promise((resolve, reject) => {
    const exchange = ask({
      agent,
      host: server.host,
      port: server.port,
      ca: server.ca(),
      rejectUnauthorized: true,
      method: request.method,
      path: request.path,
      headers: { ...request.headers, ...(request.body === undefined ? {} : { 'content-length': Buffer.byteLength(request.body) }) },
      signal: request.signal,
    });
    const timer = setTimeout(() => exchange.destroy(new Error(`no answer within ${request.timeoutMs} ms`)), request.timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    exchange.on('error', fail);
    exchange.on('socket', socket => socket.setKeepAlive(true, 10_000));
    exchange.on('response', response => {
      const status = response.statusCode ?? 0;
      request.onHeaders?.(response.headers, response.statusCode ?? 0);
      const lines = status === 200 ? request.onLine : undefined;
      if (lines) {
        clearTimeout(timer);
      }
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > (request.mostChars ?? Infinity)) {
          fail(new TooLarge(`the answer has more than ${request.mostChars} characters`));
          exchange.destroy();
          text = '';
        } else if (lines) {
          const parts = text.split('\n');
          text = parts.pop()!;
          parts.filter(line => line.trim()).forEach(lines);
        }
      });
      response.on('error', fail);
      response.on('close', () => {
        clearTimeout(timer);
        if (response.complete) {
          resolve({ status, headers: response.headers, body: text });
        } else {
          reject(new Error('the answer broke off'));
        }
      });
    });
    exchange.end(request.body);
  });
}

/** Posts JSON to a webhook; what it throws does not name the address, which is a secret. */
export function postTo(url: string): (body: string) => Promise<void> {
  return async body => {
    let status: number;
    try {
      const answer = await fetch(url, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body, redirect: 'manual', signal: AbortSignal.timeout(5_000),
      });
      status = answer.status;
    } catch (error) {
      throw new Error((error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name);
    }
    if (status < 200 || status > 299) {
      throw new Error(`it answered ${status}`);
    }
  };
}
