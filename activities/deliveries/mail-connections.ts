/**
 * Connections to the mail server, kept for the next mail. Each is a pool of one connection of nodemailer, and serves one mail at a
 * time: only so it is known how far which mail has come, on which depends whether it may be sent again.
 */
import nodemailer from 'nodemailer';
import pLimit from 'p-limit';
import { watchAddresses } from './smtp-utf8.ts';

const timeoutMilliseconds = 30_000;
/** Servers wait for minutes; a worker that is stopped shall not. */
const idleMilliseconds = 5_000;
const usualMost = 20;

/** What is known of the mail that a connection serves. */
interface Underway {
  handedOver: boolean;
  readonly notOffered: AbortController;
}

type Transport = ReturnType<typeof openTransport>;

interface MailConnection {
  readonly transport: Transport;
  mail: Underway | null;
}

export interface MailConnections {
  /** Sends with a connection that nothing else uses; after an error it is closed. Waits where all are in use. */
  use<T>(mail: Underway, send: (transport: Transport) => Promise<T>): Promise<T>;
  /** Closes those that are unused, at the end of the process. */
  close(): void;
}

export function createMailConnections(url: string, most: number = usualMost): MailConnections {
  const limit = pLimit(most);
  const unused: MailConnection[] = [];
  return {
    use: (mail, send) =>
      limit(async () => {
        const connection = unused.pop() ?? openConnection(url);
        connection.mail = mail;
        try {
          const result = await send(connection.transport);
          connection.mail = null;
          unused.push(connection);
          return result;
        } catch (error) {
          connection.transport.close();
          throw error;
        }
      }),
    close() {
      for (const { transport } of unused.splice(0)) transport.close();
    },
  };
}

function openConnection(url: string): MailConnection {
  const underway: { mail: Underway | null } = { mail: null };
  const transport = openTransport(url, () => underway.mail?.notOffered.abort());
  transport.use('stream', (compiled, done) => {
    // The message's stream ends just before the final dot, which makes the server accept the message. nodemailer's
    // name for the stage (`command`) is the same before and after.
    compiled.message.processFunc((stream) => {
      const { mail } = underway;
      // nodemailer begins again where nothing was sent; should it ever do so after that, no second mail is made.
      if (mail?.handedOver === true) stream.destroy(new Error('the mail was handed over before'));
      return stream.once('end', () => {
        if (mail !== null) mail.handedOver = true;
      });
    });
    done();
  });
  return Object.assign(underway, { transport });
}

function openTransport(url: string, onNotOffered: () => void) {
  return nodemailer.createTransport({
    url,
    pool: true,
    maxConnections: 1,
    // Only for a kept connection that the server has closed meanwhile: not a byte of the mail was sent then.
    maxRequeues: 1,
    idleTimeout: idleMilliseconds,
    transactionLog: true,
    logger: watchAddresses(onNotOffered),
    connectionTimeout: timeoutMilliseconds,
    greetingTimeout: timeoutMilliseconds,
    socketTimeout: timeoutMilliseconds,
  });
}
