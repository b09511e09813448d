/** `lodestone limits`: the table of limits in force, their contradictions, and what they put at risk. It asks no server. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { LeadMagnet } from '../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { limitRisks, type LimitRisk } from '../../../workflows/contract/limits/limit-risks.ts';
import { limitRows, limitTableProblems, type LimitRow } from '../../../workflows/contract/limits/limits-table.ts';

import type { Api } from '../api/client.ts';
import { addLimitsHistory } from './limits-history.ts';
import { toolChoices } from '../config.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { printJson, printText } from '../output.ts';

export function addLimitsCommand(program: Command, api: () => Api): void {
  const limits = program
    .command('limits [file]')
    .description(
      'show the limits of all kinds of work, where each came from, and their risks; with FILE.yaml, also of its steps',
    )
    .option('--json', 'print JSON')
    .action(async (file: string | undefined, { json }: { readonly json?: boolean }) => {
      const leadMagnet = file === undefined ? undefined : await readLeadMagnet(file);
      const request = { tools: toolChoices(), ...(leadMagnet === undefined ? {} : { leadMagnet }) };
      const rows = limitRows(request);
      const problems = limitTableProblems(request);
      const risks = limitRisks(leadMagnet);
      if (json === true) printJson({ limits: rows, problems, risks });
      else printText([table(rows), problemText(problems), risks.map(riskText).join('\n'), ''].join('\n'));
      process.exitCode = problems.length === 0 ? exitCodes.ok : exitCodes.refused;
    });
  addLimitsHistory(limits, api);
}

async function readLeadMagnet(file: string): Promise<LeadMagnet> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CommandError(`${file} cannot be read.`, exitCodes.usage);
  });
  // Only when a file is named: the checker takes a fifth of the start of every command.
  const { default: readDefinitionText } = await import('../../api/checks/definition-work.ts');
  const reading = readDefinitionText(text);
  if ('unreadable' in reading) throw new CommandError(`${file}: ${reading.unreadable}`, exitCodes.usage);
  if (reading.leadMagnet !== null) return reading.leadMagnet;
  // Contradictions of limits are among these problems.
  const lines = reading.problems.map(({ path, message }) => `  ${path}: ${message}`);
  throw new CommandError([`${file} has problems:`, ...lines].join('\n'), exitCodes.refused);
}

function table(rows: readonly LimitRow[]): string {
  const [work, limit, value] = [
    rows.map((row) => row.work.length),
    rows.map((row) => row.limit.length),
    rows.map((row) => shown(row.value).length),
  ].map((lengths) => Math.max(...lengths) + 2);
  return rows
    .map(
      (row) =>
        `${row.work.padEnd(work ?? 0)}${row.limit.padEnd(limit ?? 0)}${shown(row.value).padEnd(value ?? 0)}${row.setting ?? row.source}`,
    )
    .join('\n');
}

function shown(value: LimitRow['value']): string {
  return value === null ? 'none' : String(value);
}

function problemText(problems: readonly string[]): string {
  if (problems.length === 0) return '\nNo contradictions.\n';
  return ['', 'Contradictions: no process starts with these.', ...problems.map((problem) => `  ${problem}`), ''].join(
    '\n',
  );
}

function riskText({ scenario, level, finding, impact, mitigation }: LimitRisk): string {
  return `Risk ${scenario}: ${level}\n  ${finding}\n  impact: ${impact}\n  mitigation: ${mitigation}`;
}
