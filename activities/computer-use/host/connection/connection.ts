/**
 * The worker's end of a connection to a browser host: sends requests and matches the replies; every call has a
 * time-out.
 */
import { connect, type Socket } from 'node:net';
import { failure } from '../../../failure.ts';
import { toError } from '../errors.ts';
import { createFrameReader, encodeFrame, type Frame } from './frames.ts';
import { ReplySchema, type Method, type Request, type Taken } from './protocol.ts';
import type { z } from 'zod';

type ParsedReply = z.output<typeof ReplySchema>;

export interface HostConnection {
  /**
   * Rejects when the signal aborts, the host ends, or the host does not answer in time. The host does not stop the
   * action then.
   */
  call<Params, Result>(
    method: Method<Params, Result>,
    params: Params,
    signal?: AbortSignal,
    bytes?: Uint8Array,
  ): Promise<{ readonly result: Result; readonly bytes: Uint8Array }>;
  close(): void;
}

export interface ConnectionSettings {
  readonly callMilliseconds: number;
  /** Called with every reply before its call resolves. */
  readonly onReply: (reply: Pick<ParsedReply, 'url' | 'notes' | 'denials'>) => void;
  /** Sent with every request. */
  readonly taken: () => Taken;
}

/** Connects to a host's socket. Rejects when nobody listens there. */
export async function connectToHost(path: string, settings: ConnectionSettings): Promise<HostConnection> {
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('error', reject);
  });
  return new SocketConnection(socket, settings);
}

interface Call {
  readonly resolve: (frame: { readonly reply: ParsedReply; readonly bytes: Uint8Array }) => void;
  readonly reject: (error: unknown) => void;
}

class SocketConnection implements HostConnection {
  private readonly socket: Socket;
  private readonly settings: ConnectionSettings;
  private readonly calls = new Map<number, Call>();
  private lastId = 0;
  private ended = false;

  constructor(socket: Socket, settings: ConnectionSettings) {
    this.socket = socket;
    this.settings = settings;
    const read = createFrameReader((frame) => this.receive(frame));
    socket.on('data', (piece: Buffer) => {
      try {
        read(piece);
      } catch (error) {
        this.end(error instanceof Error ? error.message : String(error));
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.end('it ended'));
  }

  async call<Params, Result>(method: Method<Params, Result>, params: Params, signal?: AbortSignal, sent?: Uint8Array) {
    signal?.throwIfAborted();
    if (this.ended) throw failure('browser', 'the browser host is gone');
    this.lastId += 1;
    const id = this.lastId;
    const request: Request = { id, method: method.name, params, taken: this.settings.taken() };
    const waiting = Promise.withResolvers<Parameters<Call['resolve']>[0]>();
    this.calls.set(id, waiting);
    const limit = setTimeout(() => {
      waiting.reject(failure('browser', `the browser host did not answer to ${method.name} in time`));
    }, this.settings.callMilliseconds);
    const abort = (): void => waiting.reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    try {
      this.socket.write(encodeFrame(request, sent));
      const { reply, bytes } = await waiting.promise;
      if (reply.error !== null) throw toError(reply.error);
      return { result: method.result.parse(reply.result), bytes };
    } finally {
      signal?.removeEventListener('abort', abort);
      clearTimeout(limit);
      this.calls.delete(id);
    }
  }

  close(): void {
    this.end('the connection was closed');
  }

  private receive({ message, bytes }: Frame): void {
    const reply = ReplySchema.parse(message);
    this.settings.onReply(reply);
    this.calls.get(reply.id)?.resolve({ reply, bytes });
  }

  private end(why: string): void {
    if (this.ended) return;
    this.ended = true;
    this.socket.destroy();
    for (const { reject } of this.calls.values()) reject(failure('browser', `the browser host is gone: ${why}`));
  }
}
