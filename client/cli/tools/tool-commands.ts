/** `lodestone tools`: list the expert tools, call one, and try all of them. */
import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { answerOf, type Api } from '../api/client.ts';
import { parseJson } from '../api/parse-json.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { printJson, printText } from '../output.ts';
import { addSmokeCommand } from './smoke/smoke-command.ts';
import { callTool } from './tool-call.ts';
import { toolRequestText } from './tool-output.ts';

interface RunOptions {
  readonly input?: string;
  readonly set?: readonly string[];
  readonly idempotencyKey?: string;
  readonly json?: boolean;
}

export function addToolCommands(program: Command, api: () => Api): void {
  const tools = program.command('tools').description('list and call the expert tools');
  tools
    .command('list')
    .description('list the tools')
    .option('--json', 'print JSON, with the schemas')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { tools: found } = await answerOf(api().GET('/v1/tools'));
      if (json === true) printJson(found);
      else for (const tool of found) printText(`${tool.name.padEnd(14)} ${tool.description}\n`);
    });
  tools
    .command('run <tool>')
    .description('call a tool and wait for its end; exit 0 only when it completed')
    .option('--input <json>', 'the input as JSON; @FILE reads it from a file')
    .addOption(new Option('--set <field=value...>', 'fields of the input: a JSON value, or else text'))
    .option('--idempotency-key <key>', 'calling again with the same key returns the same request')
    .option('--json', 'print JSON')
    .action(async (name: string, options: RunOptions) => {
      const request = await callTool(api(), name, await readInput(options), options.idempotencyKey);
      if (options.json === true) printJson(request);
      else printText(toolRequestText(request));
      process.exitCode = request.outcome === 'completed' ? exitCodes.ok : exitCodes.notCompleted;
    });
  addSmokeCommand(tools, api);
}

async function readInput({ input, set = [] }: RunOptions): Promise<Record<string, unknown>> {
  const fields = set.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new CommandError(`--set ${pair}: write it as field=value.`, exitCodes.usage);
    const text = pair.slice(at + 1);
    return [pair.slice(0, at), parseJson(text) ?? text] as const;
  });
  return { ...(await wholeInput(input)), ...Object.fromEntries(fields) };
}

async function wholeInput(input: string | undefined): Promise<object> {
  if (input === undefined) return {};
  const file = input.startsWith('@') ? input.slice(1) : null;
  const text = file === null ? input : await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw new CommandError(`${file} cannot be read.`, exitCodes.usage);
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new CommandError('--input is not a JSON object.', exitCodes.usage);
}
