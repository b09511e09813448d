/** How the command prints: data on standard output, messages on standard error, and JSON of one shape for programs. */
import { stripVTControlCharacters } from 'node:util';
import { counted } from '../../workflows/contract/counted.ts';
import type { Job, JobEvent } from './api/client.ts';

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Prints data for people on standard output. */
export function printText(text: string): void {
  process.stdout.write(printable(text));
}

/** Prints a message on standard error. */
export function say(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Removes control characters: text from a model or a page could use them to rewrite lines of the terminal. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}--[\t\n]]/gv, '');
}

/** A job in the form that `--json` prints, with few levels, so that scripts can read it easily. */
export function jobSummary(job: Job): unknown {
  return {
    jobId: job.id,
    leadMagnet: job.leadMagnet.slug,
    version: job.leadMagnet.version,
    state: job.state,
    outcome: job.outcome,
    reason: job.reason,
    durationMilliseconds: job.durationMilliseconds,
    costUsd: job.usage.costUsd,
    modelCalls: job.usage.modelCalls,
    steps: job.steps.map((step) => ({
      id: step.id,
      kind: step.kind,
      outcome: step.state,
      reason: step.reason,
      attempts: step.attempts,
      iterations: step.iterations,
      modelCalls: step.usage.modelCalls,
      recoveryLevel: step.recoveryLevel,
      durationMilliseconds: step.durationMilliseconds,
      costUsd: step.usage.costUsd,
    })),
    approvals: job.approvals.map(({ requestId, step, state, question, url, expiresAt, decidedBy }) => ({
      requestId,
      step,
      state,
      question,
      url,
      expiresAt,
      decidedBy,
    })),
    deliveries: job.deliveries.map(({ id, kind, state, attempts, reason }) => ({ id, kind, state, attempts, reason })),
    artifacts: job.artifacts.map(({ name, mediaType, bytes, sha256, deliverable, removedAfterDays }) => ({
      name,
      mediaType,
      bytes,
      sha256,
      deliverable,
      removedAfterDays,
    })),
  };
}

export function jobText(job: Job): string {
  const steps = job.steps.map((step) => {
    const more = [
      step.attempts > 1 ? `${step.attempts} attempts` : '',
      step.iterations > 0 ? `${step.iterations} iterations` : '',
      step.durationMilliseconds === null ? '' : `${(step.durationMilliseconds / 1000).toFixed(1)} s`,
      step.reason?.message ?? '',
    ].filter((text) => text !== '');
    return `  ${step.id.padEnd(16)} ${step.state.padEnd(12)} ${more.join(', ')}`;
  });
  const asks = job.approvals.filter(({ state }) => state === 'open');
  const questions = asks.map(({ requestId, question, url }) => `  ${requestId.padEnd(16)} ${question}, on ${url}`);
  const deliveries = job.deliveries.map(({ id, state, reason, lastError }) => {
    const problem = reason?.message ?? lastError;
    return `  ${id.padEnd(16)} ${state.padEnd(12)} ${problem ?? ''}`.trimEnd();
  });
  const files = job.artifacts.filter((artifact) => artifact.deliverable).map(fileLine);
  return [
    `${job.id}  ${job.leadMagnet.name}: ${job.outcome ?? job.state}  $${job.usage.costUsd.toFixed(4)}`,
    ...(job.note === null ? [] : [`  ${job.note}`]),
    ...(job.reason === null ? [] : [`  ${job.reason.message}`]),
    ...steps,
    ...(questions.length === 0 ? [] : ['Asks a person', ...questions]),
    ...(deliveries.length === 0 ? [] : ['Deliveries', ...deliveries]),
    ...(files.length === 0 ? [] : ['Result', ...files]),
    '',
  ].join('\n');
}

function fileLine({ name, removedAfterDays: days }: Job['artifacts'][number]): string {
  return days === null ? `  ${name}` : `  ${name} (removed ${counted(days, 'day')} after the job ended)`;
}

export function eventText(event: JobEvent): string {
  return `${event.at.slice(11, 19)}  ${event.step === null ? '' : `${event.step}: `}${event.message}`;
}
