import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startMailCatcher, type MailCatcher } from '../../../demo/receivers/mail-catcher.ts';

let folder: string;
let catcher: MailCatcher;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mail-catcher-'));
  catcher = await startMailCatcher({ folder: join(folder, 'mails') });
});

afterEach(async () => {
  await catcher.close();
  await rm(folder, { recursive: true });
});

async function send(subject: string): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: catcher.port });
  await transport.sendMail({
    from: 'Lodestone <audits@lodestone.example>',
    to: 'ada@example.com',
    bcc: 'archive@example.com',
    subject,
    text: 'Your audit is ready: €189',
    html: '<p>Your audit is <b>ready</b></p>',
    attachments: [{ filename: 'Prüfung.pdf', content: Buffer.from('%PDF-1.7 facts'), contentType: 'application/pdf' }],
  });
  transport.close();
}

describe('the mail catcher', () => {
  it('hands over a mail with its attachment, whole', async () => {
    const awaited = catcher.waitForMessage(({ subject }) => subject.startsWith('Audit'), AbortSignal.timeout(5_000));
    await send('Something else');
    await send('Audit of Nordlicht – done');
    const mail = await awaited;
    expect(mail).toMatchObject({
      from: 'audits@lodestone.example',
      to: ['ada@example.com', 'archive@example.com'],
      subject: 'Audit of Nordlicht – done',
      attachments: [{ name: 'Prüfung.pdf', mediaType: 'application/pdf' }],
    });
    expect(mail.text).toContain('€189');
    expect(mail.html).toContain('<b>ready</b>');
    expect(Buffer.from(mail.attachments[0]?.content ?? []).toString()).toBe('%PDF-1.7 facts');
    expect(catcher.messages()).toHaveLength(2);
  });

  it('saves every mail as a file', async () => {
    await send('Kept');
    const [mail] = catcher.messages();
    expect(await readFile(mail?.file ?? '', 'utf8')).toContain('Subject: Kept');
  });

  it('shows mails and attachments on its page', async () => {
    await send('<Audit>');
    const list = await (await fetch(catcher.url)).text();
    expect(list).toContain('&lt;Audit&gt;');
    const mail = await (await fetch(`${catcher.url}/mails/0`)).text();
    expect(mail).toContain('<iframe sandbox');
    const attachment = await fetch(`${catcher.url}/mails/0/attachments/0`);
    expect(attachment.headers.get('content-type')).toBe('application/pdf');
    expect(await attachment.text()).toBe('%PDF-1.7 facts');
    expect((await fetch(`${catcher.url}/mails/7`)).status).toBe(404);
  });

  it('stops waiting when its signal is aborted', async () => {
    await expect(catcher.waitForMessage(() => true, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
