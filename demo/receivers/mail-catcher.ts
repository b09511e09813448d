/** A mail server that delivers nothing: it keeps the mails, saves them as files, and lists them on a page. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Hono } from 'hono';
import { html } from 'hono/html';
import PostalMime, { type Address, type Attachment } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { Arrivals } from './arrivals.ts';
import { listPage } from './list-page.ts';
import { listenOnLoopback } from '../loopback-server.ts';

export interface MailCatcherOptions {
  /** The folder for .eml files. Without it nothing is saved. */
  readonly folder?: string;
  /** The SMTP port; 0, the default, selects a free one. */
  readonly port?: number;
  /** The port of the page that lists the mails; 0, the default, selects a free one. */
  readonly pagePort?: number;
}

export interface CaughtMail {
  readonly at: string;
  readonly from: string;
  /** The recipients of the envelope, copies included. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly CaughtAttachment[];
  /** The .eml file, where mails are saved. */
  readonly file: string | null;
}

export interface CaughtAttachment {
  readonly name: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

export interface MailCatcher {
  readonly port: number;
  /** The page that lists the mails. */
  readonly url: string;
  readonly messages: () => readonly CaughtMail[];
  readonly waitForMessage: (fits: (mail: CaughtMail) => boolean, signal: AbortSignal) => Promise<CaughtMail>;
  readonly close: () => Promise<void>;
}

export async function startMailCatcher(options: MailCatcherOptions = {}): Promise<MailCatcher> {
  const mails = new Arrivals<CaughtMail>();
  if (options.folder !== undefined) await mkdir(options.folder, { recursive: true });
  const smtp = await listenForMail(options, mails);
  const page = await listenOnLoopback(createMailPages(mails.all), options.pagePort ?? 0);
  return {
    port: smtp.port,
    url: page.url,
    messages: () => mails.all,
    waitForMessage: (fits, signal) => mails.waitFor(fits, signal),
    close: async () => {
      await page.close();
      await smtp.close();
    },
  };
}

async function listenForMail(options: MailCatcherOptions, mails: Arrivals<CaughtMail>) {
  const server = new SMTPServer({
    authOptional: true,
    // The server listens on loopback only, so TLS is not needed.
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 1_000,
    onAuth: ({ username }, _session, done) => done(null, { user: username }),
    onData: (stream, { envelope }, done) => {
      const to = envelope.rcptTo.map(({ address }) => address);
      void take(stream, to, done);
    },
  });
  const take = async (stream: Readable, to: readonly string[], done: (error?: Error) => void): Promise<void> => {
    try {
      await keep(await buffer(stream), to);
      done();
    } catch (error) {
      // The sender gets a temporary error, as from a mail server whose disk is full, and may retry.
      done(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const keep = async (source: Buffer, to: readonly string[]): Promise<void> => {
    const at = new Date().toISOString();
    const mail = await PostalMime.parse(source);
    const name = `${at.replaceAll(':', '')}-${mails.all.length + 1}.eml`;
    const file = options.folder === undefined ? null : join(options.folder, name);
    if (file !== null) await writeFile(file, source);
    const { subject = '', text = '', html = '', attachments } = mail;
    mails.add({ at, from: addressOf(mail.from), to, subject, text, html, attachments: attachments.map(caught), file });
  };
  const listening = Promise.withResolvers<void>();
  server.on('error', listening.reject);
  const socket = server.listen(options.port ?? 0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = socket.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  const close = (): Promise<void> => new Promise((done) => server.close(done));
  return { port: address.port, close };
}

function addressOf(from: Address | undefined): string {
  return from?.address ?? '';
}

function caught({ filename, mimeType, content }: Attachment): CaughtAttachment {
  const bytes = typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
  return { name: filename ?? 'attachment', mediaType: mimeType, content: bytes };
}

function createMailPages(mails: readonly CaughtMail[]): Hono {
  const app = new Hono();
  app.get('/', (context) => context.html(mailsPage(mails)));
  app.get('/mails/:mail', (context) => {
    const mail = mails[Number(context.req.param('mail'))];
    return mail === undefined ? context.notFound() : context.html(mailPage(mail, context.req.path));
  });
  app.get('/mails/:mail/attachments/:attachment', (context) => {
    const mail = mails[Number(context.req.param('mail'))];
    const attachment = mail?.attachments[Number(context.req.param('attachment'))];
    if (attachment === undefined) return context.notFound();
    return context.body(Uint8Array.from(attachment.content), 200, {
      'content-type': attachment.mediaType,
      'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(attachment.name)}`,
    });
  });
  return app;
}

function mailsPage(mails: readonly CaughtMail[]) {
  const newestFirst = [...mails.entries()].toReversed();
  return listPage({
    title: 'Mail catcher',
    lead: `Arrived: ${mails.length}, newest first. None is passed on to anybody.`,
    live: true,
    content: html`${newestFirst.map(
      ([index, { subject, from, to, at, attachments }]) =>
        html`<a class="item" href="/mails/${index}">
          <div class="row"><strong>${subject}</strong><span class="soft">${at}</span></div>
          <div class="row">
            <span class="soft">${from} → ${to.join(', ')}</span>
            ${attachments.map(({ name }) => html`<span class="tag">${name}</span>`)}
          </div>
        </a>`,
    )}`,
  });
}

function mailPage(mail: CaughtMail, path: string) {
  return listPage({
    title: mail.subject,
    lead: `${mail.from} → ${mail.to.join(', ')}, ${mail.at}`,
    live: false,
    content: html`${mail.attachments.map(
        ({ name, mediaType, content }, index) =>
          html`<a class="item" href="${path}/attachments/${index}">
            <div class="row">
              <strong>${name}</strong><span class="soft">${mediaType}, ${content.length} bytes</span>
            </div>
          </a>`,
      )}
      <div class="item">
        ${mail.html === '' ? html`<pre>${mail.text}</pre>` : html`<iframe sandbox title="The mail" srcdoc="${mail.html}"></iframe>`}
      </div>
      <p><a href="/">All mails</a></p>`,
  });
}
