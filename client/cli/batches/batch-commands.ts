/** `lodestone batch` and `lodestone platform`: show, watch and control batches, and the switch that stops all of them. */
import { counted } from '../../../workflows/contract/counted.ts';
import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { batchStates } from '../../../workflows/contract/batches/batch.ts';
import { answerOf, type Api, type Batch, type Query } from '../api/client.ts';
import { checkItemsFile, findBatch, removeBatch, sendItems, type ItemsFormat } from './batch-calls.ts';
import { limitOptions, limitsOf, type LimitOptions } from './batch-limits.ts';
import { batchLine, batchListLine, batchText } from './batch-output.ts';
import { addBatchResults } from './batch-results.ts';
import { addBatchSubmit } from './batch-submit.ts';
import { exitCodeOfBatch, watchBatch } from './batch-watch.ts';
import { printJson, printText, say } from '../output.ts';
import { sayHowRead, tableOptions } from './table-options.ts';

interface JsonOption {
  readonly json?: boolean;
}

interface AppendOptions extends JsonOption, ItemsFormat {
  readonly idempotencyKey?: string;
}

export function addBatchCommands(program: Command, api: () => Api): void {
  const batch = program.command('batch').description('run one prompt over thousands of items');
  addBatchSubmit(batch, api);
  addLooking(batch, api);
  addControls(batch, api);
  addBatchResults(batch, api);
  addPlatform(program, api);
}

function addLooking(batch: Command, api: () => Api): void {
  batch
    .command('list')
    .description('list the newest batches')
    .addOption(new Option('--state <state>', 'only batches in this state').choices(batchStates))
    .option('--limit <count>', 'the largest number of batches', Number, 20)
    .option('--json', 'print JSON')
    .action(async ({ json, ...query }: JsonOption & Query<'get', '/v1/batches'>) => {
      const { batches: found } = await answerOf(api().GET('/v1/batches', { params: { query } }));
      if (json === true) printJson(found);
      else printText(found.map(batchListLine).join(''));
    });
  batch
    .command('show <batch>')
    .description('show counts by state, rate, cost so far, forecast, failures by type')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: JsonOption) => {
      print(await findBatch(api(), id), json);
    });
  batch
    .command('watch <batch>')
    .description('watch a batch until it ends; exit 0 only when every item has an answer')
    .option('--json', 'print JSON at the end')
    .action(async (id: string, { json }: JsonOption) => {
      const ended = await watchBatch(api(), id);
      print(ended, json);
      process.exitCode = exitCodeOfBatch(ended);
    });
}

function addControls(batch: Command, api: () => Api): void {
  batch
    .command('pause <batch>')
    .description('pause a batch: no further item is submitted')
    .option('--message <text>', 'the reason, shown to everyone who looks at the batch', 'by the command line')
    .option('--json', 'print JSON')
    .action(async (id: string, { message, json }: JsonOption & { readonly message: string }) => {
      changed(await answerOf(api().POST('/v1/batches/{id}/pause', { ...at(id), body: { message } })), json);
    });
  batch
    .command('resume <batch>')
    .description('resume a paused batch, or start an estimated one')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: JsonOption) => {
      changed(await answerOf(api().POST('/v1/batches/{id}/resume', at(id))), json);
    });
  batch
    .command('cancel <batch>')
    .description('cancel a batch; the answers that it has are kept')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: JsonOption) => {
      changed(await answerOf(api().POST('/v1/batches/{id}/cancel', at(id))), json);
    });
  tableOptions(batch.command('append <batch> <items>').description('send more items, also while the batch runs'))
    .option('--idempotency-key <key>', 'sending the items again with the same key adds them once')
    .option('--json', 'print JSON')
    .action(async (id: string, items: string, { json, idempotencyKey, ...format }: AppendOptions) => {
      await checkItemsFile(items);
      const { added, read } = await sendItems(api(), id, items, idempotencyKey ?? randomUUID(), format);
      say(`${counted(added, 'item')} more`);
      sayHowRead(read);
      changed(await findBatch(api(), id), json);
    });
  limitOptions(batch.command('limits <batch>').description('show or change limits, also while the batch runs'))
    .option('--json', 'print JSON')
    .action(async (id: string, { json, ...options }: JsonOption & LimitOptions) => {
      const changes = limitsOf(options);
      const isChange = Object.keys(changes).length > 0;
      const { limits } = (
        isChange
          ? await answerOf(api().PATCH('/v1/batches/{id}/limits', { ...at(id), body: changes }))
          : await findBatch(api(), id)
      ).definition;
      if (json === true) return printJson(limits);
      const lines = Object.entries(limits).map(([name, value]) => `  ${name.padEnd(18)} ${String(value)}\n`);
      printText(lines.join(''));
    });
  batch
    .command('retry-failed <batch>')
    .description('retry the failed and timed-out items of an ended batch')
    .option('--uncertain', 'retry also items whose call may have been paid; they may be paid twice')
    .option('--json', 'print JSON')
    .action(async (id: string, { uncertain, json }: JsonOption & { readonly uncertain?: boolean }) => {
      const body = { uncertain: uncertain === true };
      const retried = await answerOf(api().POST('/v1/batches/{id}/retry-failed', { ...at(id), body }));
      changed(retried, json);
      if (retried.state === 'ended') say('its many items are still being reopened: it starts when they are');
    });
  batch
    .command('delete <batch>')
    .description('remove an ended batch with its items and results')
    .action(async (id: string) => {
      await removeBatch(api(), id);
      say(`removed ${id}`);
    });
}

function addPlatform(program: Command, api: () => Api): void {
  const platform = program.command('platform').description('stop and resume all batches');
  platform
    .command('stop')
    .description('stop the submissions of all batches at once')
    .option('--message <text>', 'the reason, shown to everyone who looks at a batch', 'by the command line')
    .action(async ({ message }: { readonly message: string }) => {
      await answerOf(api().POST('/v1/platform/stop', { body: { message } }));
      say('all batches are stopped; lodestone platform resume lets them continue');
    });
  platform
    .command('resume')
    .description('let all batches continue')
    .action(async () => {
      await answerOf(api().POST('/v1/platform/resume'));
      say('all batches continue');
    });
}

const at = (id: string) => ({ params: { path: { id } } });

function print(batch: Batch, json: boolean | undefined): void {
  if (json === true) printJson(batch);
  else printText(batchText(batch));
}

function changed(batch: Batch, json: boolean | undefined): void {
  if (json === true) printJson(batch);
  else say(`${batch.id}  ${batchLine(batch)}`);
}
