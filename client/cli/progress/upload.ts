/** A file as a stream that shows how much of it was sent, how fast, and how long the rest will take. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import prettyBytes from 'pretty-bytes';
import { bar, duration } from './bar.ts';
import { createStatusLine } from './status-line.ts';

/** Gives the file's content to `send` as a stream, and shows the progress until `send` has its answer. */
export async function sendWithProgress<Answer>(
  file: string,
  send: (content: ReadableStream<Uint8Array>) => Promise<Answer>,
): Promise<Answer> {
  const status = createStatusLine({ plain: true });
  const { size } = await stat(file);
  const startedAt = Date.now();
  async function* counted(): AsyncGenerator<Uint8Array> {
    let sent = 0;
    for await (const chunk of createReadStream(file)) {
      yield chunk;
      sent += chunk.length;
      status.show(uploadText(basename(file), sent, size, (Date.now() - startedAt) / 1000));
    }
  }
  try {
    return await send(Readable.toWeb(Readable.from(counted(), { objectMode: false })));
  } finally {
    status.end();
  }
}

export function uploadText(name: string, sent: number, size: number, seconds: number): string {
  const all = prettyBytes(size);
  if (sent >= size) return `${bar(1, 1)} ${name}  ${all} sent, waiting for the API to store it`;
  const rate = seconds === 0 ? 0 : sent / seconds;
  const left = rate === 0 ? '' : `, ${prettyBytes(rate)}/s, ${duration((size - sent) / rate)} left`;
  return `${bar(sent, size)} ${name}  ${prettyBytes(sent)} of ${all}${left}`;
}
