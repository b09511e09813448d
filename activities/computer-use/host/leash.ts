/**
 * The leash between a browser host and the worker that started it: a socket pair that exists until an owner has attached.
 * The host ends when the worker's end closes, so that a worker that is killed leaves no host that nobody drives; each byte
 * renews the host's lease, so that a worker that hangs does not keep it either.
 */
import { Socket } from 'node:net';
import type { ChildProcess } from 'node:child_process';

/** The leash's file descriptor in the host. */
const descriptor = 3;

/** The host's end. */
export interface HostLeash {
  /** Tells the worker that the host can be used. */
  ready(): void;
}

export function takeLeash(on: { readonly renewed: () => void; readonly gone: () => void }): HostLeash {
  const socket = new Socket({ fd: descriptor, readable: true, writable: true });
  socket.on('data', on.renewed);
  socket.on('error', () => undefined);
  socket.on('close', on.gone);
  return { ready: () => void socket.write('ready\n') };
}

/** The worker's end. It does not keep the worker running. */
export interface Leash {
  renew(): void;
  release(): void;
  /** Resolves when the host or the worker has let go. */
  readonly gone: Promise<void>;
}

const readyMilliseconds = 30_000;

/** Resolves when the host says that it can be used. Rejects when it ends before that, or takes too long. */
export async function leashOf(child: ChildProcess): Promise<Leash> {
  const socket = child.stdio[descriptor];
  if (!(socket instanceof Socket)) throw new Error('it has no leash');
  socket.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), readyMilliseconds);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error('it ended before it was ready')));
      socket.once('data', () => resolve());
    });
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  socket.unref();
  return { gone, renew: () => void socket.write('.'), release: () => void socket.destroy() };
}
