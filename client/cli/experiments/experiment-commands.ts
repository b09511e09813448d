/** `lodestone experiments`: submit, list, show, watch, cancel and run again. */
import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { experimentStates } from '../../../workflows/contract/experiments/experiment.ts';
import { answerOf, untilAnswered, type Api, type Experiment, type Query } from '../api/client.ts';
import { printJson, printText, say } from '../output.ts';
import { downloadFiles, findExperiment } from './experiment-calls.ts';
import { experimentListLine, experimentStatus, experimentText } from './experiment-output.ts';
import { addExperimentSubmit } from './experiment-submit.ts';
import { exitCodeOfExperiment, watchExperiment } from './experiment-watch.ts';

interface JsonOption {
  readonly json?: boolean;
}

interface OutputOption extends JsonOption {
  readonly output?: string;
}

export function addExperimentCommands(program: Command, api: () => Api): void {
  const experiments = program
    .command('experiments')
    .description('video codecs, written by you or a model, run in a sandbox and measured');
  addExperimentSubmit(experiments, api);
  addLooking(experiments, api);
  experiments
    .command('cancel <experiment>')
    .description('cancel an experiment; the rounds that it has made are kept')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: JsonOption) => {
      changed(await answerOf(api().POST('/v1/experiments/{id}/cancel', { params: { path: { id } } })), json);
    });
  experiments
    .command('rerun <experiment>')
    .description('submit the same as a new experiment')
    .option('--idempotency-key <key>', 'the same key returns the same new experiment')
    .option('--json', 'print JSON')
    .action(async (id: string, { json, idempotencyKey }: JsonOption & { readonly idempotencyKey?: string }) => {
      const params = { path: { id }, header: { 'idempotency-key': idempotencyKey ?? randomUUID() } };
      changed(await untilAnswered(() => answerOf(api().POST('/v1/experiments/{id}/rerun', { params }))), json);
    });
}

function addLooking(experiments: Command, api: () => Api): void {
  experiments
    .command('list')
    .description('list the newest experiments')
    .addOption(new Option('--state <state>', 'only experiments in this state').choices(experimentStates))
    .option('--before <experiment>', 'only those that were submitted before this one')
    .option('--limit <count>', 'the largest number of experiments', Number, 20)
    .option('--json', 'print JSON')
    .action(async ({ json, ...query }: JsonOption & Query<'get', '/v1/experiments'>) => {
      const page = await answerOf(api().GET('/v1/experiments', { params: { query } }));
      if (json === true) return printJson(page);
      printText(page.experiments.map(experimentListLine).join(''));
      if (page.next !== null) say(`more: --before ${page.next}`);
    });
  experiments
    .command('show <experiment>')
    .description('show an experiment with its rounds and metrics; * marks the best')
    .option('-o, --output <folder>', 'download the files of the best round')
    .option('--json', 'print JSON')
    .action(async (id: string, options: OutputOption) => {
      await print(api(), await findExperiment(api(), id), options);
    });
  experiments
    .command('watch <experiment>')
    .description('follow an experiment to its end; exit 0 only when it completed')
    .option('-o, --output <folder>', 'download the files of the best round')
    .option('--json', 'print JSON at the end')
    .action(async (id: string, options: OutputOption) => {
      const experiment = await watchExperiment(api(), id);
      await print(api(), experiment, options);
      process.exitCode = exitCodeOfExperiment(experiment);
    });
}

async function print(api: Api, experiment: Experiment, { json, output }: OutputOption): Promise<void> {
  if (output !== undefined) await downloadFiles(api, experiment, output);
  if (json === true) printJson(experiment);
  else printText(experimentText(experiment));
}

function changed(experiment: Experiment, json: boolean | undefined): void {
  if (json === true) printJson(experiment);
  else say(experimentStatus(experiment));
}
