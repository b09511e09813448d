/** Options for the limits of a batch: of a new batch, and of a running one. */
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
    .option('--parallel <count>', 'items processed at the same time')
    .option('--item-seconds <seconds>', 'time limit of one item')
    .option('--job-seconds <seconds>', 'time limit of the whole batch')
    .option('--retries <count>', 'retries of a call after its first attempt')
    .option('--call-seconds <seconds>', 'time limit of one call to the provider')
    .option('--calls-per-hour <count>', 'calls in any 60 minutes')
    .option('--cap <usd>', 'most US dollars for the whole batch')
    .option('--cap-per-hour <usd>', 'most US dollars in any 60 minutes');
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
  if (text.trim() === '' || Number.isNaN(value)) throw new CommandError(`${text} is not a number.`, exitCodes.usage);
  return value;
}
