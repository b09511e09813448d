import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSmtpMail } from '../../../activities/deliveries/smtp-mail.ts';

/** What the server does at a stage: a line that it answers, `cut` or `silent`. `whole`: after the final dot. */
type Script = Readonly<Partial<Record<'greeting' | 'rcpt' | 'data' | 'part' | 'whole', string>>>;

/** A mail server that keeps to a script. Resolves `whole` when it has been given the whole of a mail. */
async function scriptedServer(script: Script) {
  const whole = Promise.withResolvers<void>();
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    const at = (stage: keyof Script, usual: string): void => {
      const act = script[stage] ?? usual;
      if (act === 'cut') socket.destroy();
      else if (act !== 'silent') socket.write(`${act}\r\n`);
    };
    let inMessage = false;
    at('greeting', '220 hello');
    createInterface(socket).on('line', (line) => {
      if (inMessage) {
        if (script.part !== undefined) socket.destroy();
        if (line !== '.') return;
        inMessage = false;
        whole.resolve();
        return at('whole', '250 taken');
      }
      if (line.startsWith('RCPT') && line.includes('gone@')) return void socket.write('550 gone\r\n');
      if (line.startsWith('RCPT')) return at('rcpt', '250 ok');
      if (line === 'DATA') {
        inMessage = script.data === undefined;
        return at('data', '354 go on');
      }
      socket.write('250 ok\r\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `smtp://127.0.0.1:${address.port}`, whole: whole.promise };
}

const content = Buffer.alloc(4_000_000, 'attachment');
const attachment = { name: 'report.pdf', mediaType: 'application/pdf', content };
const message = { key: 'k', to: 'ann@example.com', subject: 's', text: 't', html: null, attachments: [attachment] };
const noSignal = new AbortController().signal;

const sending = (url: string, signal = noSignal, to = message.to) =>
  createSmtpMail({ url, from: 'we@example.com' }).send({ ...message, to }, signal);

describe('a mail over SMTP', () => {
  it.each<[string, Script, string, boolean]>([
    ['connection lost at the greeting', { greeting: 'cut' }, 'receiver_unavailable', false],
    ['receiver refused', { rcpt: '550 unknown' }, 'receiver_refused', true],
    ['receiver put off', { rcpt: '450 greylisted' }, 'receiver_unavailable', false],
    ['access denied by the server', { greeting: '554 no' }, 'receiver_refused', true],
    ['connection lost before the message was asked for', { data: 'cut' }, 'receiver_unavailable', false],
    ['connection lost in the midst of the message', { part: 'cut' }, 'receiver_unavailable', false],
    ['whole message put off by the server', { whole: '451 later' }, 'receiver_unavailable', false],
    ['whole message refused by the server', { whole: '554 spam' }, 'receiver_refused', true],
    ['connection lost after the whole message', { whole: 'cut' }, 'effect_uncertain', true],
  ])('%s', async (_title, script, type, nonRetryable) => {
    const { url } = await scriptedServer(script);
    await expect(sending(url)).rejects.toMatchObject({ type, nonRetryable });
  });

  it('is sent when the server takes it', async () => {
    const { url } = await scriptedServer({});
    await expect(sending(url)).resolves.toEqual({ refused: [] });
  });

  it("that the server takes for some receivers alone names the others, with the server's word", async () => {
    const { url } = await scriptedServer({});
    const { refused } = await sending(url, noSignal, 'ann@example.com, gone@example.com');
    expect(refused).toEqual([expect.stringMatching(/^gone@example\.com: .*550 gone/)]);
  });

  it('that was stopped while the server kept silent is uncertain after the whole message, and only then', async () => {
    const stop = new AbortController();
    const { url, whole } = await scriptedServer({ whole: 'silent' });
    const late = sending(url, stop.signal);
    void whole.then(() => stop.abort());
    await expect(late).rejects.toMatchObject({ type: 'effect_uncertain' });
    await expect(sending(url, AbortSignal.abort())).rejects.toMatchObject({ type: 'receiver_unavailable' });
  });
});
