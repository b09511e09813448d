/**
 * What all phases of an experiment share: whether it still runs, heartbeats with what the code uses, and what becomes of problems.
 * What the code under test does wrong is a value. What this installation cannot do is a failure, which is tried again.
 */
import { Context } from '@temporalio/activity';
import type { Store } from '../../store/store.ts';
import type {
  ExperimentFailure,
  ExperimentFailureType,
  ExperimentPhase,
  PhaseResult,
  RoundInput,
  TimedResult,
} from '../../workflows/contract/experiments/experiment.ts';
import type { JsonValue } from '../../workflows/contract/json/json.ts';
import { failure } from '../failure.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { SandboxUnavailable, type ResourceUse, type RunCode } from '../sandbox/sandbox.ts';
import { phaseAttempt } from './attempt.ts';
import { measurePhase } from './metrics.ts';
import { createProgressRecord } from './progress.ts';
import type { PhaseLimits, PhaseProblem, PhaseRun } from './video/run-program.ts';

export interface PhaseDependencies {
  readonly store: Pick<Store, 'artifacts' | 'experiments' | 'videoUploads'>;
  readonly runCode: RunCode;
  /** Of the disk with the data folder. */
  readonly freeBytes: () => Promise<number>;
}

export interface PhaseRequest extends Pick<RoundInput, 'experimentId'> {
  readonly phase: Exclude<ExperimentPhase, 'write' | 'store'>;
  /** 0 for the phase of the whole experiment. */
  readonly round: number;
  readonly limits: PhaseLimits;
}

/** A phase puts 64 MiB at most, and the database needs the rest. */
const leastFreeBytes = 2 ** 30;
const noRoom = 'the disk of the data folder has less than 1 GiB left; no phase of an experiment begins';

/** Far more often than a worker counts as dead. */
const beatMilliseconds = 1_000;

/** Runs a phase, unless the experiment has ended meanwhile: nobody needs it then. */
export async function runPhase<Value>(
  { store: { experiments }, runCode, freeBytes }: PhaseDependencies,
  { experimentId, phase, round, limits }: PhaseRequest,
  work: (run: PhaseRun) => Promise<PhaseResult<Value>>,
): Promise<TimedResult<Value>> {
  const began = performance.now();
  const record = createProgressRecord((progress) => experiments.progress(experimentId, { phase, round }, progress));
  const run = async (beat: (checkpoint: JsonValue) => void, signal: AbortSignal): Promise<PhaseResult<Value>> => {
    if (!(await experiments.begin(experimentId, { phase, round }, new Date()))) return { failure: ended(phase) };
    if ((await freeBytes()) < leastFreeBytes) throw failure('store', noRoom);
    let used: ResourceUse = { memoryBytes: 0, processorSeconds: 0 };
    const timer = setInterval(() => {
      const progress = { phaseSeconds: (performance.now() - began) / 1000, ...used };
      beat({ phase, round, ...progress });
      record({ at: new Date().toISOString(), ...progress });
    }, beatMilliseconds);
    try {
      const result = await work({ runCode, limits, signal, onUse: (use) => (used = use) });
      measurePhase(Context.current().metricMeter, phase, (performance.now() - began) / 1000, result);
      return result;
    } catch (error) {
      throw error instanceof SandboxUnavailable ? unavailable(error) : error;
    } finally {
      clearInterval(timer);
    }
  };
  return phaseAttempt(() => withHeartbeat({ phase, round }, run));
}

/** The failure of a phase by what its program ended with; `type` where the experiment's own word for it is another one. */
export function failureOf(
  phase: ExperimentPhase,
  { type, message, line }: PhaseProblem,
  renamed: ExperimentFailureType = type,
): ExperimentFailure {
  return { phase, type: renamed, message, line };
}

function ended(phase: ExperimentPhase): ExperimentFailure {
  return { phase, type: 'cancelled', message: 'the experiment had ended before', line: null };
}

function unavailable(error: SandboxUnavailable) {
  const how = 'run npm run doctor on the machine of this worker; docs/sandbox.md says what it needs';
  return failure('sandbox', `${error.message}; ${how}`, { cause: error });
}
