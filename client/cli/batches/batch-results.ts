/** `lodestone batch results`: writes every item of a batch with its answer to a file. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Option, type Command } from 'commander';
import { batchItemStatuses } from '../../../workflows/contract/batches/batch.ts';
import { resultEncodings } from '../../../workflows/contract/batches/table-format.ts';
import { answerOf, type Api, type Query } from '../api/client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { delimiterNamed } from './table-options.ts';

type CsvQuery = Query<'get', '/v1/batches/{id}/results.csv'>;

interface ResultOptions extends CsvQuery {
  readonly output?: string;
  readonly format?: 'jsonl' | 'csv';
}

export function addBatchResults(batch: Command, api: () => Api): void {
  batch
    .command('results <batch>')
    .description('write every item with its answer, attempts, tokens, cost and error; also while the batch runs')
    .option('-o, --output <file>', 'the file to write; a name that ends in .csv selects CSV')
    .addOption(new Option('--format <format>', 'default: jsonl').choices(['jsonl', 'csv']))
    .addOption(new Option('--status <status...>', 'only items in one of these states').choices(batchItemStatuses))
    .addOption(new Option('--delimiter <name>', 'delimiter of the CSV (comma)').argParser(delimiterNamed))
    .addOption(
      new Option('--encoding <name>', 'encoding of the CSV (utf-8); Excel recognises utf-8-bom and utf-16le').choices(
        resultEncodings,
      ),
    )
    .action(async (id: string, { output, format, ...query }: ResultOptions) => {
      const written = format ?? (output?.endsWith('.csv') === true ? 'csv' : 'jsonl');
      const isTable = query.delimiter !== undefined || query.encoding !== undefined;
      if (written !== 'csv' && isTable)
        throw new CommandError('--delimiter and --encoding apply to CSV only: add --format csv.', exitCodes.usage);
      const request = { params: { path: { id }, query }, parseAs: 'stream' } as const;
      const content = await answerOf(api().GET(`/v1/batches/{id}/results.${written}`, request));
      const target = output === undefined ? process.stdout : createWriteStream(output);
      await pipeline(content, target, { end: output !== undefined }).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        const isFile = error instanceof Error && 'path' in error;
        const code = isFile ? exitCodes.usage : exitCodes.unexpected;
        throw new CommandError(`The results could not be written: ${why}.`, code);
      });
    });
}
