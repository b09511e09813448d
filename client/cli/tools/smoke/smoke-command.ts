/** `lodestone tools smoke`: runs every tool, and fails when one is too slow or ends without an outcome. */
import type { Command } from 'commander';
import type { Api } from '../../api/client.ts';
import { exitCodes } from '../../exit-codes.ts';
import { printJson, printText, say } from '../../output.ts';
import { runSmoke } from './smoke-run.ts';
import { smokeLimits, smokeProblems, smokeTable } from './smoke-verdict.ts';

/** Few enough for one worker on a small machine. */
const atOnce = 4;

export function addSmokeCommand(tools: Command, api: () => Api): void {
  const { toolSeconds, requestSeconds } = smokeLimits;
  tools
    .command('smoke')
    .description(
      `call every tool with a small sample, against the configured models; exit 1 when a tool took over ${toolSeconds} s, a request over ${requestSeconds} s, or one ended without an outcome`,
    )
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const rows = await runSmoke(api(), {
        atOnce,
        onEnd: (row) => say(`${row.tool}: ${row.outcome ?? 'no outcome'} after ${row.requestSeconds} s`),
      });
      const problems = smokeProblems(rows);
      if (json === true) printJson({ ok: problems.length === 0, problems, tools: rows });
      else printText(smokeTable(rows));
      for (const problem of problems) say(problem);
      process.exitCode = problems.length === 0 ? exitCodes.ok : exitCodes.notCompleted;
    });
}
