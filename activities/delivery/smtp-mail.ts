/** The mail port over SMTP. A mail's Message-ID is made of its key, so that a repeat can be told in the mailbox. */
import { createHash } from 'node:crypto';
import nodemailer from 'nodemailer';
import { failure } from '../failure.ts';
import type { Mail } from '../ports.ts';

const timeoutMilliseconds = 30_000;

export function createSmtpMail(settings: { readonly url: string | undefined; readonly from: string }): Mail {
  return {
    async send(message, signal) {
      if (settings.url === undefined) {
        throw failure(
          'step_definition',
          'no mail server is set: set LODESTONE_SMTP_URL, as in smtp://user:password@host:587',
        );
      }
      signal.throwIfAborted();
      const transport = nodemailer.createTransport({
        url: settings.url,
        connectionTimeout: timeoutMilliseconds,
        greetingTimeout: timeoutMilliseconds,
        socketTimeout: timeoutMilliseconds,
      });
      const stop = (): void => transport.close();
      signal.addEventListener('abort', stop);
      try {
        const id = createHash('sha256').update(message.key).digest('hex').slice(0, 32);
        await transport.sendMail({
          from: settings.from,
          to: message.to,
          subject: message.subject,
          text: message.text,
          ...(message.html === null ? {} : { html: message.html }),
          messageId: `<${id}@lodestone>`,
          attachments: message.attachments.map(({ name, mediaType, content }) => ({
            filename: name,
            contentType: mediaType,
            content: Buffer.from(content),
          })),
        });
      } catch (error) {
        throw classifySmtpError(error);
      } finally {
        signal.removeEventListener('abort', stop);
        transport.close();
      }
    },
  };
}

/** 5xx is a refusal; 4xx, and whatever kept the server from being reached, may pass. */
export function classifySmtpError(error: unknown): Error {
  const code = typeof error === 'object' && error !== null && 'responseCode' in error ? error.responseCode : undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (typeof code === 'number' && code >= 500) {
    return failure('receiver_refused', `the mail server refused: ${message}`, { cause: error });
  }
  return failure('receiver_unavailable', `the mail server could not take the mail: ${message}`, { cause: error });
}
