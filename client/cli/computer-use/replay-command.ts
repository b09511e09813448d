/** `lodestone replay export`: a computer-use run as one HTML file that opens without a server. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.ts';
import { say } from '../output.ts';

export function addReplayCommand(program: Command, api: () => ApiClient): void {
  program
    .command('replay')
    .description('look at computer-use runs again')
    .command('export <job> <step>')
    .description('write a run, with its pictures, as one HTML file')
    .option('-o, --output <file>', 'the file to write; standard output when left out')
    .action(async (id: string, step: string, { output }: { readonly output?: string }) => {
      const parts = await api().replay(id, step);
      if (output === undefined) {
        await pipeline(parts, process.stdout, { end: false });
        return;
      }
      await pipeline(parts, createWriteStream(output));
      say(`wrote ${output}`);
    });
}
