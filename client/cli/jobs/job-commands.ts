/** `lodestone jobs` and `lodestone artifacts`: list, show, watch and cancel jobs, and download their artifacts. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Option, type Command } from 'commander';
import { jobStates } from '../../../workflows/contract/jobs/states.ts';
import { answerOf, type Api, type Query } from '../api/client.ts';
import { jobSummary, jobText, printJson, printText, say } from '../output.ts';
import { findJob } from './job-calls.ts';
import { exitCodeOf, watchJob } from './watch.ts';

interface JsonOption {
  readonly json?: boolean;
}

export function addJobCommands(program: Command, api: () => Api): void {
  const jobs = program.command('jobs').description('list, show, watch and cancel jobs');
  jobs
    .command('list')
    .description('list the newest jobs')
    .option('--slug <slug>', 'only jobs of this lead magnet')
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(jobStates))
    .option('--limit <count>', 'the largest number of jobs', Number, 20)
    .option('--json', 'print JSON')
    .action(async ({ json, ...query }: JsonOption & Query<'get', '/v1/jobs'>) => {
      const { jobs: found } = await answerOf(api().GET('/v1/jobs', { params: { query } }));
      if (json === true) printJson(found);
      for (const job of json === true ? [] : found) {
        const state = (job.outcome ?? job.state).padEnd(22);
        printText(`${job.id}  ${state} ${job.submittedAt}  $${job.costUsd.toFixed(4)}  ${job.leadMagnet.slug}\n`);
      }
    });
  jobs
    .command('show <job>')
    .description('show a job with its steps, deliveries and results')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: JsonOption) => {
      const job = await findJob(api(), id);
      if (json === true) printJson(jobSummary(job));
      else printText(jobText(job));
    });
  jobs
    .command('watch <job>')
    .description('follow a job to its end; exit 0 only when it completed')
    .option('--json', 'print JSON at the end')
    .action(async (id: string, { json }: JsonOption) => {
      const job = await watchJob(api(), id);
      if (json === true) printJson(jobSummary(job));
      else printText(jobText(job));
      process.exitCode = exitCodeOf(job);
    });
  jobs
    .command('cancel <job>')
    .description('cancel a job: its running steps are stopped, and it ends as cancelled')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: JsonOption) => {
      const job = await answerOf(api().POST('/v1/jobs/{id}/cancel', { params: { path: { id } } }));
      if (json === true) printJson(jobSummary(job));
      else say(`asked ${id} to stop`);
    });

  program
    .command('artifacts')
    .description('download the artifacts of jobs')
    .command('get <job> <name>')
    .description('write an artifact to standard output or to a file')
    .option('-o, --output <file>', 'the file to write')
    .action(async (id: string, name: string, { output }: { readonly output?: string }) => {
      const params = { path: { id, name } };
      const content = await answerOf(api().GET('/v1/jobs/{id}/artifacts/{name}', { params, parseAs: 'stream' }));
      if (output === undefined) await pipeline(content, process.stdout, { end: false });
      else await pipeline(content, createWriteStream(output));
    });
}
