/** `lodestone deliveries`: lists deliveries with their states, and sends one again. */
import { userInfo } from 'node:os';
import { Option, type Command } from 'commander';
import { deliveryStates } from '../../../workflows/contract/jobs/states.ts';
import { answerOf, type Api, type Delivery, type Query } from '../api/client.ts';
import { printJson, printText, say } from '../output.ts';

interface JsonOption {
  readonly json?: boolean;
}

export function addDeliveryCommands(program: Command, api: () => Api): void {
  const deliveries = program.command('deliveries').description('list deliveries and send one again');
  deliveries
    .command('list')
    .description('list deliveries, those of the newest job first')
    .addOption(new Option('--state <state>', 'only deliveries in this state').choices(deliveryStates))
    .addOption(new Option('--kind <kind>', 'only deliveries of this kind').choices(['email', 'webhook']))
    .option('--job <job>', 'only deliveries of this job')
    .option('--slug <slug>', 'only deliveries of this lead magnet')
    .option('--to <text>', 'only receivers whose address contains this text')
    .option('--since <time>', 'changed at or after this time, e.g. 2026-11-30 or 2026-11-30T08:00:00Z')
    .option('--before <cursor>', 'the next page: the cursor that the previous page printed')
    .option('--limit <count>', 'the largest number of deliveries', Number, 50)
    .option('--json', 'print JSON')
    .action(async ({ json, ...query }: JsonOption & Query<'get', '/v1/deliveries'>) => {
      const page = await answerOf(api().GET('/v1/deliveries', { params: { query } }));
      if (json === true) printJson(page);
      for (const delivery of json === true ? [] : page.deliveries) printText(deliveryText(delivery));
      if (json !== true && page.next !== null) say(`more: --before ${page.next}`);
    });
  deliveries
    .command('redeliver <job> <delivery>')
    .description('send an ended delivery again, e.g. email_1; one that has not ended is retried automatically')
    .option('--json', 'print JSON')
    .action(async (jobId: string, deliveryId: string, { json }: JsonOption) => {
      const delivery = await answerOf(
        api().POST('/v1/jobs/{id}/deliveries/{deliveryId}/redeliver', {
          params: { path: { id: jobId, deliveryId } },
          body: { by: userInfo().username },
        }),
      );
      if (json === true) printJson(delivery);
      else say(`${deliveryId} of ${jobId} is sent again; see: lodestone deliveries list --job ${jobId}`);
    });
}

function deliveryText(delivery: Delivery): string {
  const { jobId, id, state, attempts, kind, target, changedAt, reason, lastError } = delivery;
  const problem = reason?.message ?? lastError;
  const to = target === null ? kind : `${kind} to ${target}`;
  const tries = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  return `${jobId}  ${id.padEnd(12)} ${state.padEnd(9)} ${changedAt}  ${tries}  ${to}\n${problem === null ? '' : `  ${problem}\n`}`;
}
