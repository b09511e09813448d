/** The log of a process, on standard error: JSON lines for programs, or lines for people, as the settings choose. */
import pino, { type DestinationStream, type Logger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { logFormats } from './settings.ts';

export interface LogSettings {
  readonly LODESTONE_LOG_LEVEL: string;
  readonly LODESTONE_LOG_FORMAT: (typeof logFormats)[number];
}

export function createProcessLog(
  { LODESTONE_LOG_LEVEL: level, LODESTONE_LOG_FORMAT: format }: LogSettings,
  destination: DestinationStream = pino.destination(2),
): Logger {
  return pino(
    { level, serializers: { error: describeError } },
    format === 'json' ? destination : readable(destination),
  );
}

/** The fields of an error that hold no request: what else a client puts into its errors may contain keys. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return { type: error.name, message: error.message, stack: error.stack };
}

/** Each line is written at once, so that a process that ends has written all of them. */
function readable(destination: DestinationStream): DestinationStream {
  const format = prettyFactory({
    colorize: process.stderr.isTTY,
    ignore: 'pid,hostname',
    translateTime: "SYS:yyyy-mm-dd'T'HH:MM:ss.l",
  });
  return { write: (line) => destination.write(format(line)) };
}
