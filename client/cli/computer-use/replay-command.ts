/** `lodestone replay export`: writes a computer-use run as one HTML file that opens without a server. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { send } from '../api/connection.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { say } from '../output.ts';

export function addReplayCommand(program: Command, apiUrl: () => string): void {
  program
    .command('replay')
    .description('replay computer-use runs')
    .command('export <job> <step>')
    .description('write a run, with its pictures, as one HTML file')
    .option('-o, --output <file>', 'the file to write; default: standard output')
    .action(async (id: string, step: string, { output }: { readonly output?: string }) => {
      const page = await readReplay(apiUrl(), id, step);
      if (output === undefined) {
        await pipeline(page, process.stdout, { end: false });
        return;
      }
      await pipeline(page, createWriteStream(output));
      say(`wrote ${output}`);
    });
}

/** The replay is a page for people. The API's document does not describe pages, so this call is not typed by it. */
async function readReplay(apiUrl: string, id: string, step: string): Promise<ReadableStream<Uint8Array>> {
  const path = `/jobs/${encodeURIComponent(id)}/steps/${encodeURIComponent(step)}/replay.html`;
  const { body } = await send(new Request(new URL(path, apiUrl)));
  if (body === null) throw new CommandError('The API answered nothing.', exitCodes.unexpected);
  return body;
}
