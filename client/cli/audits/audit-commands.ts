/** `lodestone audit`: who uses a browser, and what time limits put at risk, over all tenants. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { answerOf, type Api } from '../api/client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { printJson, printText, say } from '../output.ts';
import { computerUseText, timeoutsText, type AuditedLeadMagnet } from './audit-output.ts';

interface JsonOption {
  /** A file, or true for standard output. */
  readonly json?: string | true;
}

const jsonOption = ['--json [file]', 'write the report as JSON: to the file, or to standard output'] as const;
const pageSize = 500;

export function addAuditCommands(program: Command, api: () => Api): void {
  const audit = program.command('audit').description('look over all lead magnets and what was recorded of their runs');
  audit
    .command('computer-use')
    .description('list the lead magnets that use a browser; their share tells what to do, and what is done already')
    .option(...jsonOption)
    .action(async ({ json }: JsonOption) => {
      const report = await answerOf(api().GET('/v1/audits/computer-use'));
      const using = await leadMagnets(api());
      await write(json, { ...report, using: { count: report.using, leadMagnets: using } }, () =>
        computerUseText(report, using),
      );
    });
  audit
    .command('timeouts')
    .description('judge what time limits put at risk, by the limits in force and by recorded runs')
    .option(...jsonOption)
    .action(async ({ json }: JsonOption) => {
      const report = await answerOf(api().GET('/v1/audits/timeouts'));
      await write(json, report, () => timeoutsText(report));
    });
}

async function leadMagnets(api: Api): Promise<readonly AuditedLeadMagnet[]> {
  const all: AuditedLeadMagnet[] = [];
  let after: string | undefined;
  do {
    const query = { limit: pageSize, ...(after === undefined ? {} : { after }) };
    const page = await answerOf(api.GET('/v1/audits/computer-use/lead-magnets', { params: { query } }));
    all.push(...page.leadMagnets);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return all;
}

async function write(json: JsonOption['json'], report: unknown, text: () => string): Promise<void> {
  if (json === true) {
    printJson(report);
    return;
  }
  if (json !== undefined) {
    await writeFile(json, `${JSON.stringify(report, null, 2)}\n`).catch((error: unknown) => {
      throw new CommandError(`${json} cannot be written: ${String(error)}`, exitCodes.usage);
    });
    say(`wrote ${json}`);
  }
  printText(text());
}
