/** The command `lodestone`: controls jobs, batches, experiments and lead magnets over the HTTP API, from a terminal or a script. */
import { Command, CommanderError } from 'commander';
import { createApi, type Api } from './api/client.ts';
import { addApprovalCommands } from './approvals/approval-commands.ts';
import { addAuditCommands } from './audits/audit-commands.ts';
import { addBackupCommands } from './platform/backup-commands.ts';
import { addBatchCommands } from './batches/batch-commands.ts';
import { defaultApiUrl } from './config.ts';
import { addDeliveryCommands } from './deliveries/delivery-commands.ts';
import { CommandError, exitCodeHelp, exitCodes } from './exit-codes.ts';
import { addExperimentCommands } from './experiments/experiment-commands.ts';
import { addAnalyzeCommand } from './insights/analyze-command.ts';
import { addJobCommands } from './jobs/job-commands.ts';
import { addLeadMagnetCommands } from './lead-magnets/lead-magnet-commands.ts';
import { addLimitsCommand } from './limits/limits-command.ts';
import { addToolCommands } from './tools/tool-commands.ts';
import { addMcpCommand } from './mcp/mcp-command.ts';
import { addReplayCommand } from './computer-use/replay-command.ts';
import { addSubmitCommand } from './jobs/submit-command.ts';

function createProgram(): Command {
  const program = new Command('lodestone')
    .description('Lead-magnet jobs that outlive every time limit.')
    .option('--url <address>', 'address of the API; default: LODESTONE_URL', defaultApiUrl())
    .addHelpText('after', exitCodeHelp)
    .showHelpAfterError('(see lodestone --help)')
    .exitOverride();
  const apiUrl = (): string => program.opts<{ url: string }>().url;
  const api = (): Api => createApi(apiUrl());
  addSubmitCommand(program, api);
  addJobCommands(program, api);
  addReplayCommand(program, apiUrl);
  addApprovalCommands(program, api);
  addDeliveryCommands(program, api);
  addBatchCommands(program, api);
  addExperimentCommands(program, api);
  addLeadMagnetCommands(program, api);
  addAnalyzeCommand(program, api);
  addBackupCommands(program);
  addLimitsCommand(program, api);
  addAuditCommands(program, api);
  addToolCommands(program, api);
  addMcpCommand(program, api);
  return program;
}

// The reader of a pipe may close it early, as in `lodestone jobs list | head`. That is no error.
process.stdout.on('error', () => process.exit(exitCodes.ok));

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  } else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof CommandError ? error.exitCode : exitCodes.unexpected;
  }
}
