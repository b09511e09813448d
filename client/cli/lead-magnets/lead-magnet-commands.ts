/** `lodestone lead-magnets`: saves definitions as versions, and lists them. */
import type { Command } from 'commander';
import { answerOf, type Api } from '../api/client.ts';
import { printJson, printText } from '../output.ts';
import { saveLeadMagnet } from '../jobs/job-calls.ts';
import { readDefinitionFile } from '../jobs/submit-command.ts';

interface JsonOption {
  readonly json?: boolean;
}

export function addLeadMagnetCommands(program: Command, api: () => Api): void {
  const leadMagnets = program.command('lead-magnets').description('save definitions as versions, and list them');
  leadMagnets
    .command('apply <file>')
    .description('save FILE.yaml as the next version; an unchanged definition makes no new version')
    .option('--json', 'print JSON')
    .action(async (file: string, { json }: JsonOption) => {
      const saved = await saveLeadMagnet(api(), await readDefinitionFile(file));
      if (json === true) printJson(saved);
      else
        printText(`${saved.slug} version ${saved.version}${saved.created ? '' : ' (unchanged)'}  ${saved.formUrl}\n`);
    });
  leadMagnets
    .command('list')
    .description('list the newest version of each lead magnet')
    .option('--json', 'print JSON')
    .action(async ({ json }: JsonOption) => {
      const { leadMagnets: found } = await answerOf(api().GET('/v1/lead-magnets'));
      if (json === true) printJson(found);
      for (const saved of json === true ? [] : found) {
        printText(`${saved.slug.padEnd(24)} version ${saved.version}  ${saved.formUrl}\n`);
      }
    });
}
