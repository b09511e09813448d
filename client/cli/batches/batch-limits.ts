/** Limits of a batch as options of the command line, for a new batch and for one that runs. */
import type { Command } from 'commander';
import type { Body } from '../api/client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';

export interface LimitOptions {
  readonly parallel?: string;
  readonly itemSeconds?: string;
  readonly jobSeconds?: string;
  readonly retries?: string;
  readonly callSeconds?: string;
  readonly callsPerHour?: string;
  readonly cap?: string;
  readonly capPerHour?: string;
}

export function limitOptions(command: Command): Command {
  return command
    .option('--parallel <count>', 'items under way at once')
    .option('--item-seconds <seconds>', 'limit of one item')
    .option('--job-seconds <seconds>', 'limit of the whole batch')
    .option('--retries <count>', 'repeats of a call after its first attempt')
    .option('--call-seconds <seconds>', 'limit of one call to the provider')
    .option('--calls-per-hour <count>', 'submissions in any 60 minutes')
    .option('--cap <usd>', 'US dollars for the whole batch, never exceeded')
    .option('--cap-per-hour <usd>', 'US dollars in any 60 minutes');
}

export function limitsOf(options: LimitOptions): Body<'patch', '/v1/batches/{id}/limits'> {
  const { parallel, itemSeconds, jobSeconds, retries, callSeconds, callsPerHour, cap, capPerHour } = options;
  const given = { parallel, itemSeconds, jobSeconds, retries, callSeconds, callsPerHour };
  const named = { ...given, capUsd: cap, capPerHourUsd: capPerHour };
  const numbers = Object.entries(named).flatMap(([name, text]) => {
    if (text === undefined) return [];
    return [[name, numberOf(text)]];
  });
  return Object.fromEntries(numbers);
}

export function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new CommandError(`${text} is no number.`, exitCodes.usage);
  return value;
}
