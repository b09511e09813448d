/** The state of one run of a job: what has ended, what it cost, and which changes the store has not been told yet. */
import type { Reason } from './contract/failures.ts';
import type {
  ArtifactReference,
  JobReference,
  LeadMagnetJobInput,
  OutputReference,
  StepActivityInput,
  StepSummary,
  StepTransition,
} from './contract/job.ts';
import type { Step } from './contract/lead-magnet.ts';
import type { JobState, StepState } from './contract/states.ts';
import { addUsage, noUsage, type Usage } from './contract/usage.ts';
import type { StepRunResult } from './steps/run-step.ts';
import { outputOf, type Ending } from './scheduler.ts';

export class JobRun {
  state: JobState = 'accepted';
  usage: Usage = noUsage;
  readonly job: JobReference;
  readonly endings = new Map<string, Ending>();
  readonly running = new Set<string>();
  readonly artifacts: ArtifactReference[] = [];
  readonly input: LeadMagnetJobInput;
  private transitions: StepTransition[] = [];

  constructor(input: LeadMagnetJobInput, jobId: string) {
    this.input = input;
    this.job = {
      id: jobId,
      tenant: input.tenant,
      leadMagnet: input.definition.slug,
      leadMagnetName: input.definition.name,
      version: input.version,
      submittedAt: input.submittedAt,
      url: input.jobUrl,
    };
  }

  get steps(): readonly Step[] {
    return this.input.definition.steps;
  }

  /** What a step's activity gets: its definition, the outputs it may use, and the changes that ride along. */
  activityInput(step: Step): StepActivityInput {
    return {
      job: this.job,
      step,
      generation: 1,
      form: this.input.form,
      outputs: this.outputs(),
      network: this.input.definition.network,
      transitions: this.takeTransitions(),
    };
  }

  outputs(): Record<string, OutputReference | null> {
    return Object.fromEntries(
      [...this.endings.keys()].map((id) => [id, outputOf(this.steps, id, this.endings)] as const),
    );
  }

  /** Takes in how an activity ended. What the activity could not write itself becomes a transition. */
  finish(id: string, result: StepRunResult): void {
    this.running.delete(id);
    this.endings.set(id, { state: result.state, reason: result.reason, output: result.output });
    this.usage = addUsage(this.usage, result.usage);
    this.artifacts.push(...result.artifacts);
    // Always told again: an attempt that died or timed out wrote no end of its own, and one that did is not changed.
    this.note(id, result.state, result.reason);
  }

  /** Takes in an end that the workflow decided itself. */
  settle(id: string, state: 'skipped' | 'cancelled', reason: Reason): void {
    this.endings.set(id, { state, reason, output: null });
    this.note(id, state, reason);
  }

  private note(stepId: string, state: StepState, reason: Reason | null): void {
    this.transitions.push({ stepId, generation: 1, state, reason, at: new Date().toISOString() });
  }

  /** The changes that the store has not been told; the next activity carries them. */
  takeTransitions(): readonly StepTransition[] {
    const taken = this.transitions;
    this.transitions = [];
    return taken;
  }

  summaries(): readonly StepSummary[] {
    return this.steps.map((step) => {
      const ending = this.endings.get(step.id);
      const state = ending?.state ?? (this.running.has(step.id) ? 'running' : 'waiting');
      return { id: step.id, state, reason: ending?.reason ?? null };
    });
  }

  /** The run in Markdown, for Temporal's Web UI. */
  details(): string {
    const rows = this.summaries().map(
      ({ id, state, reason }) => `| ${id} | ${state} | ${reason === null ? '' : reason.message.slice(0, 200)} |`,
    );
    const place = this.job.url === null ? '' : `\n\n[Job page](${this.job.url})`;
    return (
      [
        `**${this.job.leadMagnetName}** (version ${this.job.version}): ${this.state}, $${this.usage.costUsd.toFixed(4)}`,
        '',
        '| step | state | reason |',
        '|---|---|---|',
        ...rows,
      ].join('\n') + place
    );
  }
}
