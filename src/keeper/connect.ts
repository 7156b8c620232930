import { Socket, createConnection } from 'node:net';

/** Opens one TCP connection, sends nothing and closes it; rejects with a `code` where it cannot, and after a while with `ETIMEDOUT`. */
export type Connect = (host: string, port: number, timeoutMs: number) => Promise<void>;

/** How a socket is opened. */
type Open = (place: { readonly host: string; readonly port: number }) => Socket;

/** One connection; a name that is looked up for too long is one that does not answer. */
export function connectOver(open: Open): Connect {
  return async (host, port, timeoutMs) => new Promise((resolve, reject) => {
    const socket = open({ host, port });
    const timer = setTimeout(() => end(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), timeoutMs);
    const end = (error?: Error) => {
      clearTimeout(timer);
      socket.destroy();
      if (error) {
        reject(error);
      } else {
        resolve();
      }
    };
    socket.once('connect', () => end());
    socket.on('error', end);
  });
}

/** Over the network of this pod. */
export const connectByTcp = connectOver(place => createConnection(place));
