/** `lodestone deliveries`: what became of deliveries, and sending one again. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { DeliveryLine } from '../../../workflows/contract/jobs/job-view.ts';
import type { ApiClient } from '../api-client.ts';
import { printJson, say } from '../output.ts';

interface JsonOption {
  readonly json?: boolean;
}

export function addDeliveryCommands(program: Command, api: () => ApiClient): void {
  const deliveries = program.command('deliveries').description('see what became of deliveries, send one again');
  deliveries
    .command('list')
    .description('deliveries, those of the newest job first')
    .option('--state <state>', 'waiting, scheduled, sending, retrying, delivered, failed, uncertain or skipped')
    .option('--kind <kind>', 'email or webhook')
    .option('--job <job>', 'of one job')
    .option('--slug <slug>', 'of one lead magnet')
    .option('--to <text>', "a part of the receiver's address")
    .option('--since <time>', 'changed at or after it, as 2026-11-30 or 2026-11-30T08:00:00Z')
    .option('--before <cursor>', 'the next page, as the page before named it')
    .option('--limit <count>', 'how many', '50')
    .option('--json', 'print JSON')
    .action(async ({ json, ...query }: JsonOption & Record<string, string>) => {
      const page = await api().deliveries(query);
      if (json === true) printJson(page);
      for (const delivery of json === true ? [] : page.deliveries) process.stdout.write(deliveryText(delivery));
      if (json !== true && page.next !== null) say(`more: --before ${page.next}`);
    });
  deliveries
    .command('redeliver <job> <delivery>')
    .description('send a delivery again, as email_1; one that is under way is tried by itself')
    .option('--json', 'print JSON')
    .action(async (jobId: string, deliveryId: string, { json }: JsonOption) => {
      const delivery = await api().redeliver(jobId, deliveryId, userInfo().username);
      if (json === true) printJson(delivery);
      else say(`${deliveryId} of ${jobId} is sent again; see: lodestone deliveries list --job ${jobId}`);
    });
}

function deliveryText(delivery: DeliveryLine): string {
  const { jobId, id, state, attempts, kind, target, changedAt, reason, lastError } = delivery;
  const problem = reason?.message ?? lastError;
  const to = target === null ? kind : `${kind} to ${target}`;
  const tries = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  return `${jobId}  ${id.padEnd(12)} ${state.padEnd(9)} ${changedAt}  ${tries}  ${to}\n${problem === null ? '' : `  ${problem}\n`}`;
}
