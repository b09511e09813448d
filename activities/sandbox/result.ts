/** What a contained process's end means to the author of the code. */
import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../workflows/contract/json/json.ts';
import type { Containment } from './containment.ts';
import type { ContainedEnd } from './contained-process.ts';
import { BadMessage, readMessage } from './message.ts';
import type { CodeProblem, CodeResult, SandboxLimits } from './sandbox.ts';

export function resultOf(end: ContainedEnd, limits: SandboxLimits, { contained }: Containment): CodeResult {
  const { seconds, peakBytes } = end;
  const [stdout, stderr] = [text(end.stdout), text(end.stderr)];
  return { outcome: outcomeOf(end, limits), stdout, stderr, seconds, peakBytes, contained };
}

const ProblemSchema = z.object({
  type: z.enum(['error', 'forbidden_import', 'memory_limit', 'time_limit']),
  message: z.string().max(4_000),
  line: z
    .int()
    .nullable()
    .transform((line) => (line !== null && line > 0 ? line : null)),
});

function outcomeOf(end: ContainedEnd, limits: SandboxLimits): CodeResult['outcome'] {
  if (end.limit !== null) return { problem: limitProblem(end.limit, limits) };
  if (end.exitCode === null || end.exitCode !== 0) return { problem: crash(end, limits) };
  try {
    const { header, files } = readMessage(end.result, limits);
    const problem = ProblemSchema.safeParse(header['problem']);
    if (problem.success) return { problem: problem.data };
    return { value: valueOf(header), files };
  } catch (error) {
    if (!(error instanceof BadMessage)) throw error;
    return { problem: { type: 'crashed', message: error.message, line: null } };
  }
}

function valueOf(header: JsonObject): JsonValue {
  const { value } = header;
  if (value === undefined) throw new BadMessage('the code ended without a result');
  return value;
}

const sameTypes = { time_limit: 'time_limit', memory_limit: 'memory_limit', output_limit: 'output_limit' } as const;

function limitProblem(limit: NonNullable<ContainedEnd['limit']>, limits: SandboxLimits): CodeProblem {
  const messages = {
    time_limit: `the code did not end within ${limits.seconds} s`,
    memory_limit: `the code took more than ${limits.memoryBytes} bytes of memory`,
    process_limit: `the code started more than ${limits.processes} processes and threads`,
    output_limit: `the code wrote more than is allowed (${limits.outputBytes} bytes to standard output or error)`,
    result_limit: `the code returned more than is allowed (a value of ${limits.valueBytes} bytes, files of ${limits.fileBytes} bytes together)`,
  };
  const type = { ...sameTypes, result_limit: 'output_limit', process_limit: 'crashed' } as const;
  return { type: type[limit], message: messages[limit], line: null };
}

/** Exit codes of a process that a signal ended, as bubblewrap reports them. */
const endedBySignal = 128;
const processorTimeSignal = 24;

function crash({ exitCode, stderr }: ContainedEnd, limits: SandboxLimits): CodeProblem {
  if (exitCode === endedBySignal + processorTimeSignal) {
    return {
      type: 'time_limit',
      message: `the code took more than ${limits.cpuSeconds} s of processor time`,
      line: null,
    };
  }
  const last = text(stderr).trim().split('\n').at(-1) ?? '';
  const how = exitCode === null ? 'it was killed' : `exit code ${exitCode}`;
  return {
    type: 'crashed',
    message: `the code ended without a result (${how}) ${last}`.trim().slice(0, 2_000),
    line: null,
  };
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8');
}
