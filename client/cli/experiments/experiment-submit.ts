/** `lodestone experiments submit`: sends code or a goal with a video, and waits for the end if asked to. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { Api } from '../api/client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { printJson, printText, say } from '../output.ts';
import { downloadFiles, submitExperiment, type ExperimentRequest } from './experiment-calls.ts';
import { experimentText } from './experiment-output.ts';
import { numberOf, videoOf, videoOptions, type VideoOptions } from './experiment-video.ts';
import { exitCodeOfExperiment, watchExperiment } from './experiment-watch.ts';

interface SubmitOptions extends VideoOptions {
  readonly code?: string;
  readonly goal?: string;
  readonly rounds?: number;
  readonly name?: string;
  readonly psnr?: number;
  readonly ratio?: number;
  readonly model?: string;
  readonly gpu?: 'wait' | 'fail';
  readonly budgetUsd?: number;
  readonly encodeSeconds?: number;
  readonly decodeSeconds?: number;
  readonly totalSeconds?: number;
  readonly waitSeconds?: number;
  readonly memoryMebibytes?: number;
  readonly idempotencyKey?: string;
  readonly wait?: boolean;
  readonly output?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  lodestone experiments submit --code codec.py --wait
  lodestone experiments submit --code codec.py --video clip.y4m --encode-seconds 20 --wait --output best
  lodestone experiments submit --goal "Halve the bitrate at 32 dB" --rounds 5 --psnr 32 --budget-usd 2 --generate text,320x180,48
`;

export function addExperimentSubmit(experiments: Command, api: () => Api): void {
  videoOptions(
    experiments
      .command('submit')
      .description('submit code that encodes and decodes a video, or a goal for a model that writes it')
      .option('--code <file.py>', 'Python that defines encode(frames, info) and decode(data, info)')
      .option('--goal <text>', 'what a model shall write; with --code: improve, from the second round on')
      .option('--rounds <count>', 'how often the model may write it (1)', numberOf),
  )
    .option('--name <text>', 'a name, for people')
    .option('--psnr <db>', 'the quality from which on the smaller video is the better one (30)', numberOf)
    .option('--ratio <ratio>', 'stop once a round has this compression ratio and the quality', numberOf)
    .option('--model <name>', 'the model that writes; default: LODESTONE_MODEL of the workers')
    .addOption(
      new Option('--gpu <how>', 'run the code where a GPU is; without one: wait or fail').choices(['wait', 'fail']),
    )
    .option('--budget-usd <usd>', 'begin no further round once the model has cost this', numberOf)
    .option('--encode-seconds <seconds>', 'time limit of encode (60)', numberOf)
    .option('--decode-seconds <seconds>', 'time limit of decode (60)', numberOf)
    .option('--total-seconds <seconds>', 'time limit of the whole experiment (3600)', numberOf)
    .option('--wait-seconds <seconds>', 'longest wait for a worker (86400)', numberOf)
    .option('--memory-mebibytes <count>', 'memory of the code (1024)', numberOf)
    .option('--idempotency-key <key>', 'submitting again with the same key returns the same experiment')
    .option('--wait', 'wait until it has ended; exit 0 only when it completed')
    .option('-o, --output <folder>', 'with --wait: download the files of the best round')
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples)
    .action(async (options: SubmitOptions) => {
      process.exitCode = await submit(api(), options);
    });
}

async function submit(api: Api, options: SubmitOptions): Promise<number> {
  const { idempotencyKey = randomUUID(), wait = false, output, json = false } = options;
  if (output !== undefined && !wait) throw new CommandError('--output needs --wait.', exitCodes.usage);
  const request = await requestOf(options);
  const accepted = await submitExperiment(api, { ...request, video: await videoOf(api, options) }, idempotencyKey);
  say(`accepted as ${accepted.id}`);
  const shown = wait ? await watchExperiment(api, accepted.id) : accepted;
  if (output !== undefined) await downloadFiles(api, shown, output);
  if (json) printJson(shown);
  else printText(experimentText(shown));
  return wait ? exitCodeOfExperiment(shown) : exitCodes.ok;
}

async function requestOf(options: SubmitOptions): Promise<Omit<ExperimentRequest, 'video'>> {
  const { code, goal, rounds, name, psnr, ratio, model, gpu, budgetUsd } = options;
  if (code === undefined && goal === undefined)
    throw new CommandError('Give --code, --goal, or both.', exitCodes.usage);
  const limits = limitsOf(options);
  return {
    ...(code === undefined ? {} : { code: await readCode(code) }),
    ...(goal === undefined ? {} : { goal }),
    ...(rounds === undefined ? {} : { rounds }),
    ...(name === undefined ? {} : { name }),
    ...(psnr === undefined ? {} : { psnrDb: psnr }),
    ...(ratio === undefined ? {} : { ratio }),
    ...(model === undefined ? {} : { model }),
    ...(gpu === undefined ? {} : { gpu }),
    ...(budgetUsd === undefined ? {} : { budget: { usd: budgetUsd } }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

function limitsOf(options: SubmitOptions): NonNullable<ExperimentRequest['limits']> {
  const { encodeSeconds, decodeSeconds, totalSeconds, waitSeconds, memoryMebibytes } = options;
  return {
    ...(encodeSeconds === undefined ? {} : { encodeSeconds }),
    ...(decodeSeconds === undefined ? {} : { decodeSeconds }),
    ...(totalSeconds === undefined ? {} : { totalSeconds }),
    ...(waitSeconds === undefined ? {} : { waitSeconds }),
    ...(memoryMebibytes === undefined ? {} : { memoryBytes: memoryMebibytes * 2 ** 20 }),
  };
}

async function readCode(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new CommandError(`${file} cannot be read.`, exitCodes.usage);
  });
}
