/** `lodestone deliveries`: what became of deliveries, and sending one again. */
import { userInfo } from 'node:os';
import { Option, type Command } from 'commander';
import { deliveryStates } from '../../../workflows/contract/jobs/states.ts';
import { answerOf, type Api, type Delivery, type Query } from '../api/client.ts';
import { printJson, printText, say } from '../output.ts';

interface JsonOption {
  readonly json?: boolean;
}

export function addDeliveryCommands(program: Command, api: () => Api): void {
  const deliveries = program.command('deliveries').description('see what became of deliveries, send one again');
  deliveries
    .command('list')
    .description('deliveries, those of the newest job first')
    .addOption(new Option('--state <state>', 'in this state').choices(deliveryStates))
    .addOption(new Option('--kind <kind>', 'of this kind').choices(['email', 'webhook']))
    .option('--job <job>', 'of one job')
    .option('--slug <slug>', 'of one lead magnet')
    .option('--to <text>', "a part of the receiver's address")
    .option('--since <time>', 'changed at or after it, as 2026-11-30 or 2026-11-30T08:00:00Z')
    .option('--before <cursor>', 'the next page, as the page before named it')
    .option('--limit <count>', 'how many', Number, 50)
    .option('--json', 'print JSON')
    .action(async ({ json, ...query }: JsonOption & Query<'get', '/v1/deliveries'>) => {
      const page = await answerOf(api().GET('/v1/deliveries', { params: { query } }));
      if (json === true) printJson(page);
      for (const delivery of json === true ? [] : page.deliveries) printText(deliveryText(delivery));
      if (json !== true && page.next !== null) say(`more: --before ${page.next}`);
    });
  deliveries
    .command('redeliver <job> <delivery>')
    .description('send a delivery again, as email_1; one that is under way is tried by itself')
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
