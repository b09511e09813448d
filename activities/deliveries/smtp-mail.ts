/**
 * The mail port over SMTP. A mail's Message-ID is derived from its key, so that a repeat can be recognised in the
 * mailbox.
 */
import { createHash } from 'node:crypto';
import { failure } from '../failure.ts';
import type { Mail, MailMessage } from '../ports.ts';
import { createMailConnections } from './mail-connections.ts';

export interface SmtpMail extends Mail {
  /** Closes connections that are kept for further mails. */
  close(): void;
}

export function createSmtpMail(settings: {
  readonly url: string | undefined;
  readonly from: string;
  /** The most connections at once. */
  readonly connections?: number;
}): SmtpMail {
  const { url, from } = settings;
  const connections = url === undefined ? null : createMailConnections(url, settings.connections);
  return {
    async send(message, signal) {
      if (connections === null) {
        throw failure(
          'step_definition',
          'no mail server is set: set LODESTONE_SMTP_URL, as in smtp://user:password@host:587',
        );
      }
      refuseControlCharacters(message.to);
      const mail = { handedOver: false, notOffered: new AbortController() };
      const aborted = AbortSignal.any([signal, mail.notOffered.signal]);
      try {
        const { rejected, rejectedErrors = [] } = await connections.use(mail, (transport) =>
          transport.sendMail({ ...contentOf(message), from, signal: aborted }),
        );
        return { refused: refusals(rejected.map(String), rejectedErrors) };
      } catch (error) {
        if (mail.notOffered.signal.aborted) throw addressNotTaken(message.to);
        throw classifySmtpError(error, mail.handedOver);
      }
    },
    close: () => connections?.close(),
  };
}

function contentOf({ key, to, subject, text, html, attachments }: MailMessage) {
  const id = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return {
    to,
    subject,
    text,
    ...(html === null ? {} : { html }),
    messageId: `<${id}@lodestone>`,
    attachments: attachments.map(({ name, mediaType, content, contentId }) => ({
      filename: name,
      contentType: mediaType,
      content: Buffer.from(content),
      ...(contentId === undefined ? {} : { cid: contentId }),
    })),
  };
}

/** Receivers that the server refused while it accepted others, each with the server's answer. */
function refusals(rejected: readonly string[], errors: readonly Error[]): readonly string[] {
  return rejected.map((address, index) => `${address}: ${errors[index]?.message ?? 'refused'}`);
}

/** Text after a line break could be read as a header, or as another receiver. */
function refuseControlCharacters(to: string): void {
  if (!/\p{Cc}/u.test(to)) return;
  throw failure('receiver_refused', `the address holds a line break or a control character: ${JSON.stringify(to)}`);
}

function addressNotTaken(to: string): Error {
  const what = 'the mail server does not offer SMTPUTF8, without which it takes no address with letters beyond ASCII';
  return failure('receiver_refused', `${what} before the @: ${to}`);
}

/**
 * A 5xx is a refusal; a 4xx, and any failure to reach the server, may pass. A server that has received the whole
 * message and did not answer may have accepted it.
 */
export function classifySmtpError(error: unknown, handedOver: boolean): Error {
  const code = typeof error === 'object' && error !== null && 'responseCode' in error ? error.responseCode : undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (typeof code === 'number' && code >= 500) {
    return failure('receiver_refused', `the mail server refused: ${message}`, { cause: error });
  }
  if (typeof code !== 'number' && handedOver) {
    const what = 'the mail server was given the whole mail and did not say whether it took it';
    return failure('effect_uncertain', `${what}: ${message}`, { cause: error });
  }
  return failure('receiver_unavailable', `the mail server could not take the mail: ${message}`, { cause: error });
}
