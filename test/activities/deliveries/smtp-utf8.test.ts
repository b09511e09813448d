/** Addresses beyond ASCII against the package of a real mail server, with and without the extension that they need. */
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSmtpMail } from '../../../activities/deliveries/smtp-mail.ts';

interface Taken {
  readonly to: readonly string[];
  readonly text: string;
}

async function mailServer({ utf8 }: { readonly utf8: boolean }) {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    hideSMTPUTF8: !utf8,
    disableReverseLookup: true,
    onData: (stream, { envelope }, done) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (part: string) => (text += part));
      stream.on('end', () => {
        taken.push({ to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const mail = createSmtpMail({ url: `smtp://127.0.0.1:${address.port}`, from: 'we@example.com' });
  const send = (to: string): Promise<unknown> =>
    mail.send({ key: 'k', to, subject: 's', text: 't', html: null, attachments: [] }, new AbortController().signal);
  return { taken, send };
}

describe('a mail to an address beyond ASCII', () => {
  it('is sent to a server that offers SMTPUTF8', async () => {
    const { taken, send } = await mailServer({ utf8: true });
    await send('josé@xn--bcher-kva.example');
    expect(taken.map(({ to }) => to)).toEqual([['josé@bücher.example']]);
    expect(taken[0]?.text).toContain('To: josé@bücher.example\r\n');
  });

  it('ends for good, with the reason, at a server that does not, which is given nothing', async () => {
    const { taken, send } = await mailServer({ utf8: false });
    await expect(send('josé@example.com')).rejects.toMatchObject({
      type: 'receiver_refused',
      nonRetryable: true,
      message: expect.stringContaining('does not offer SMTPUTF8'),
    });
    expect(taken).toEqual([]);
  });

  it('needs no SMTPUTF8 when the domain alone is beyond ASCII', async () => {
    const { taken, send } = await mailServer({ utf8: false });
    await send('ada@bücher.example');
    expect(taken[0]?.text).toContain('To: ada@xn--bcher-kva.example\r\n');
  });

  it('with a line break in it is refused: what follows could be a header or one more receiver', async () => {
    const { taken, send } = await mailServer({ utf8: true });
    const injected = send('josé@example.com\r\nBcc: eve@example.com');
    await expect(injected).rejects.toMatchObject({ type: 'receiver_refused', nonRetryable: true });
    expect(taken).toEqual([]);
  });
});
