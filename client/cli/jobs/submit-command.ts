/** `lodestone submit`: saves a definition as a version, submits its form, and waits for the job if asked to. */
import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { Api } from '../api/client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { jobSummary, jobText, printJson, printText, say } from '../output.ts';
import { saveLeadMagnet, submitForm } from './job-calls.ts';
import { exitCodeOf, watchJob } from './watch.ts';

interface SubmitOptions {
  readonly form?: readonly string[];
  readonly slug?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
  readonly idempotencyKey?: string;
}

export function addSubmitCommand(program: Command, api: () => Api): void {
  program
    .command('submit [file]')
    .description('submit a form; with FILE.yaml, save it as a version first')
    .addOption(new Option('--form <field=value...>', 'values of the form'))
    .option('--slug <slug>', 'the saved lead magnet to submit to')
    .option('--wait', 'wait until the job has ended; exit 0 only when it completed')
    .option('--idempotency-key <key>', 'submitting again with the same key returns the same job')
    .option('--json', 'print one JSON object')
    .action(async (file: string | undefined, options: SubmitOptions) => {
      process.exitCode = await submit(api(), file, options);
    });
}

async function submit(api: Api, file: string | undefined, options: SubmitOptions): Promise<number> {
  const form = readForm(options.form ?? []);
  if (file !== undefined && options.slug !== undefined) {
    throw new CommandError('Give a FILE.yaml or a --slug, not both.', exitCodes.usage);
  }
  const slug = file === undefined ? options.slug : await save(api, file);
  if (slug === undefined)
    throw new CommandError('Give a FILE.yaml, or name a saved lead magnet with --slug.', exitCodes.usage);
  const accepted = await submitForm(api, slug, form, options.idempotencyKey);
  say(`accepted as ${accepted.id}`);
  const job = options.wait === true ? await watchJob(api, accepted.id) : accepted;
  if (options.json === true) printJson(jobSummary(job));
  else printText(jobText(job));
  return options.wait === true ? exitCodeOf(job) : exitCodes.ok;
}

async function save(api: Api, file: string): Promise<string> {
  const saved = await saveLeadMagnet(api, await readDefinitionFile(file));
  say(
    saved.created
      ? `saved ${saved.slug} as version ${saved.version}`
      : `${saved.slug} version ${saved.version} is unchanged`,
  );
  return saved.slug;
}

/** Reads a definition's file. A missing file or broken YAML is an error before anything is sent. */
export async function readDefinitionFile(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CommandError(`${file} cannot be read.`, exitCodes.usage);
  });
  const { parse } = await import('yaml');
  try {
    parse(text);
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`, exitCodes.usage);
  }
  return text;
}

function readForm(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new CommandError(`--form ${pair}: write it as field=value.`, exitCodes.usage);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
