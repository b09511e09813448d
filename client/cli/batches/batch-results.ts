/** `lodestone batch results`: every item of a batch with its answer, as a file. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Option, type Command } from 'commander';
import { batchItemStatuses } from '../../../workflows/contract/batches/batch.ts';
import { resultEncodings } from '../../../workflows/contract/batches/table-format.ts';
import type { BatchClient } from './batch-client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { delimiterNamed } from './table-options.ts';

interface ResultOptions {
  readonly output?: string;
  readonly format?: 'jsonl' | 'csv';
  readonly status?: readonly string[];
  readonly delimiter?: string;
  readonly encoding?: string;
}

export function addBatchResults(batch: Command, api: () => BatchClient): void {
  batch
    .command('results <batch>')
    .description('every item with its answer, attempts, tokens, cost and error; at any time')
    .option('-o, --output <file>', 'the file to write; its name tells the format')
    .addOption(new Option('--format <format>', 'jsonl when nothing tells it').choices(['jsonl', 'csv']))
    .addOption(new Option('--status <status...>', 'only items of these').choices(batchItemStatuses))
    .addOption(new Option('--delimiter <name>', 'of a CSV (comma)').argParser(delimiterNamed))
    .addOption(
      new Option('--encoding <name>', 'of a CSV (utf-8); Excel knows utf-8-bom and utf-16le').choices(resultEncodings),
    )
    .action(async (id: string, { output, format, status = [], ...table }: ResultOptions) => {
      const written = format ?? (output?.endsWith('.csv') === true ? 'csv' : 'jsonl');
      const query = Object.entries(table);
      if (written !== 'csv' && query.length > 0)
        throw new CommandError('--delimiter and --encoding are of a CSV: add --format csv.', exitCodes.usage);
      for (const one of status) query.push(['status', one]);
      const content = await api().results(id, written, query);
      const target = output === undefined ? process.stdout : createWriteStream(output);
      await pipeline(content, target, { end: output !== undefined }).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        const isFile = error instanceof Error && 'path' in error;
        const code = isFile ? exitCodes.usage : exitCodes.unexpected;
        throw new CommandError(`The results could not be written: ${why}.`, code);
      });
    });
}
