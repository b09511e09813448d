/** How many connections mails take: counted by the package of a real mail server. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect, it, onTestFinished } from 'vitest';
import { createSmtpMail } from '../../../activities/deliveries/smtp-mail.ts';

async function mailServer(most?: number) {
  const sockets: Socket[] = [];
  let mails = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on('end', () => {
        mails += 1;
        done();
      });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  listening.on('connection', (socket: Socket) => sockets.push(socket));
  await once(listening, 'listening');
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const mail = createSmtpMail({
    url: `smtp://127.0.0.1:${address.port}`,
    from: 'we@example.com',
    ...(most === undefined ? {} : { connections: most }),
  });
  onTestFinished(() => {
    mail.close();
    server.close();
  });
  const send = (number: number): Promise<unknown> =>
    mail.send(
      { key: `k${number}`, to: 'ann@example.com', subject: 's', text: 't', html: null, attachments: [] },
      new AbortController().signal,
    );
  return { send, sockets, mails: () => mails };
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

it('L10: ten mails after one another use one connection', async () => {
  const { send, sockets, mails } = await mailServer();
  for (const number of numbers(10)) await send(number);
  expect(sockets).toHaveLength(1);
  expect(mails()).toBe(10);
});

it('L10: forty mails at once use no more connections than are allowed', async () => {
  const { send, sockets, mails } = await mailServer(4);
  await Promise.all(numbers(40).map(send));
  expect(sockets).toHaveLength(4);
  expect(mails()).toBe(40);
});

it('L11: a mail whose kept connection the server has closed is sent once, over a new one', async () => {
  const { send, sockets, mails } = await mailServer();
  await send(1);
  sockets[0]?.destroy();
  await send(2);
  expect(sockets).toHaveLength(2);
  expect(mails()).toBe(2);
});
