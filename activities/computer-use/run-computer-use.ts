/**
 * The activity of a computer-use step: it opens the session, passes the ports to the pure loop, and reports how the
 * loop ended.
 */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Store } from '../../store/store.ts';
import { approvalPolicy } from '../../workflows/contract/computer-use/approvals.ts';
import type { Reason, ReasonType } from '../../workflows/contract/failures.ts';
import type { BrowserActivities, RecoveryLevel, StepActivityInput } from '../../workflows/contract/jobs/job.ts';
import type { ComputerUseStep } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import { fillTemplate } from '../../workflows/contract/lead-magnets/template.ts';
import { withHeartbeat } from '../heartbeat.ts';
import type { createPaidCalls } from '../llm/paid-call.ts';
import { networkPolicy } from '../network-policy.ts';
import { createOutputReader } from '../output-schema.ts';
import type { ComputerHosts } from '../ports.ts';
import type { AttemptRecord } from '../records/attempt-record.ts';
import { attemptOf, recordedStep, type StepOutcome, type SuspendedOutcome } from '../records/recorded.ts';
import { measured } from '../runs/run-meter.ts';
import { bindSecrets, type Secrets } from '../secrets.ts';
import { keepOutput, templateData } from '../step-data.ts';
import { keptArtifacts } from './files/downloads.ts';
import { offeredFiles } from './files/offered.ts';
import type { Checkpoint, LoopEnd } from './loop/checkpoint.ts';
import { runLoop, type LoopPorts } from './loop/loop.ts';
import { createComputerUseMetrics } from './metrics.ts';
import { endedBefore, openSession } from './session.ts';
import { sessionKey } from './session-key.ts';
import { answerTo, askPerson } from './suspend.ts';
import { problemIn, verdictRequest } from './verifier.ts';

export interface ComputerUseDependencies {
  readonly store: Store;
  readonly askOnce: ReturnType<typeof createPaidCalls>;
  readonly computers: ComputerHosts;
  readonly defaultModel: string;
  readonly secrets: Secrets;
  readonly allowPrivateOrigins: readonly string[];
}

export function createRunComputerUse(dependencies: ComputerUseDependencies): BrowserActivities['runComputerUse'] {
  return recordedStep(dependencies.store, 'computer_use', (input, record) =>
    measured('browser', () => runComputerUse(dependencies, input, record)),
  );
}

async function runComputerUse(
  dependencies: ComputerUseDependencies,
  input: StepActivityInput<ComputerUseStep>,
  { later }: AttemptRecord,
): Promise<StepOutcome | SuspendedOutcome> {
  const { store, allowPrivateOrigins, defaultModel } = dependencies;
  const { step, job, resumption } = input;
  if (resumption !== undefined) await store.approvals.decide(job.id, resumption.decision, new Date());
  const data = await templateData(store.artifacts, input);
  const files = await offeredFiles(store.artifacts, input);
  const task = {
    goal: `${fillTemplate(step.goal, data, 'text')}\n\nThe browser stands on ${fillTemplate(step.startUrl, data, 'url')}.`,
    model: step.model ?? defaultModel,
    tool: step.tool,
    display: step.display,
    budget: { iterations: step.budget.iterations, seconds: step.budget.seconds, usd: step.budget.usd ?? null },
    outputSchema: step.output?.schema ?? null,
    approvals: approvalPolicy(step.approvals),
    files,
  };
  const key = sessionKey(input);
  return withHeartbeat(Context.current().info.heartbeatDetails ?? null, async (beat, signal) => {
    const readOutput = await createOutputReader(step.output?.schema ?? null, { owner: job.leadMagnet, signal });
    const settings = {
      ...step.display,
      startUrl: fillTemplate(step.startUrl, data, 'url'),
      secrets: bindSecrets(step.secrets ?? [], dependencies.secrets),
      network: networkPolicy(input.network, data, allowPrivateOrigins),
    };
    const attempt = attemptOf(input);
    const resultOf = async (
      { iteration, usage, downloads, times, repeats, browser }: Checkpoint,
      text: string,
      recoveryLevel: RecoveryLevel | null,
    ) => {
      const reading = await readOutput(text, signal);
      const value = reading.ok ? reading.value : { text };
      const output = await keepOutput(store.artifacts, { jobId: job.id, stepId: step.id, value }, later);
      const artifacts = await keptArtifacts(store.artifacts, job.id, downloads);
      const coldStart = browser === null ? {} : { coldStart: browser.coldStart };
      const measured = { times, longestRepeat: repeats.longest, ...coldStart };
      return { output, artifacts, usage, iterations: iteration, recoveryLevel, ...measured };
    };
    const before = await endedBefore({ ...dependencies, key, attempt, signal });
    if (before !== null) return { ...outcomeOf(before.ended), ...(await resultOf(before, before.ended.text, null)) };
    const session = await openSession({ ...dependencies, input, files, key, attempt, settings, beat, signal });
    const metrics = createComputerUseMetrics(Context.current().metricMeter);
    metrics.opened(session.recoveryLevel, session.newest().browser?.coldStart ?? true);
    let leftTo: 'worker' | 'person' | null = null;
    try {
      const verify: LoopPorts['verify'] = async (text) => {
        const reading = await readOutput(text, signal);
        if (reading.ok) return undefined;
        return reading.isUnjudged === true ? { unjudged: reading.problem } : reading.problem;
      };
      const warn = async (message: string, limit: string): Promise<void> => {
        metrics.warned(limit);
        Context.current().log.warn(message, { limit });
        await session.ports.warn(message, limit);
      };
      const review: LoopPorts['review'] = async (last, mayGoOn) => {
        if (step.verify !== true) return undefined;
        const verdict = await session.askBeside(`verify/${last.id}`, verdictRequest(task, last), mayGoOn);
        return verdict === null ? undefined : problemIn(verdict);
      };
      const ports = { ...session.ports, verify, review, warn };
      const end = await runLoop(task, session.checkpoint, ports, answerTo(input, session.checkpoint));
      if (end.reason === 'awaiting_approval') {
        // The person's answer is about this very page, so the browser is kept as it is.
        leftTo = 'person';
        const approval = await askPerson(store, input, end.approval);
        const newest = session.newest();
        return {
          state: end.reason,
          reason: null,
          approval,
          ...(await resultOf(newest, newest.said, session.recoveryLevel)),
        };
      }
      await session.takeLastDownloads();
      const last = await session.end(end);
      metrics.ended(end.reason, last.activeMilliseconds / 1000);
      return { ...outcomeOf(end), ...(await resultOf(last, end.text, session.recoveryLevel)) };
    } catch (error) {
      leftTo = anotherAttemptGoesOn(error, Context.current()) ? 'worker' : null;
      throw error;
    } finally {
      await (leftTo === null ? session.close() : session.detach(leftTo));
    }
  });
}

/**
 * Whether the browser is kept for the next attempt. After a browser failure the next attempt is better off with a new
 * one.
 */
function anotherAttemptGoesOn(error: unknown, { cancellationSignal, cancellationDetails }: Context): boolean {
  if (cancellationSignal.aborted) return cancellationDetails?.cancelRequested !== true;
  return !(error instanceof ApplicationFailure && (error.nonRetryable === true || error.type === 'browser'));
}

const reasonTypes: Readonly<Record<Exclude<LoopEnd['reason'], 'done'>, ReasonType>> = {
  iteration_limit: 'iteration_limit',
  time_limit: 'time_limit',
  budget: 'budget',
  blocked: 'blocked',
  needs_person: 'needs_person',
  refused: 'model_refusal',
  cut: 'model_answer',
};

function outcomeOf(end: LoopEnd): { readonly state: StepOutcome['state']; readonly reason: Reason | null } {
  if (end.reason === 'done') return { state: 'succeeded', reason: null };
  const type = reasonTypes[end.reason];
  return { state: end.reason === 'time_limit' ? 'timed_out' : 'failed', reason: { type, message: end.message } };
}
