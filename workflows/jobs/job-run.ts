/**
 * The state of one run of a job: which steps have ended, what they cost, and which transitions are not yet in the
 * store.
 */
import { Approvals } from '../approvals.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../contract/computer-use/approvals.ts';
import type { Reason } from '../contract/failures.ts';
import type {
  ArtifactReference,
  JobReference,
  LeadMagnetJobInput,
  OutputReference,
  StepActivityInput,
  StepResumption,
  StepRunResult,
  StepSummary,
  StepTransition,
} from '../contract/jobs/job.ts';
import type { LimitsByKind } from '../contract/limits/limits-version.ts';
import type { Step } from '../contract/lead-magnets/lead-magnet.ts';
import { limitsOfStep, type RunLimits } from '../contract/runs/run.ts';
import type { JobState, StepState } from '../contract/jobs/states.ts';
import { addUsage, noUsage, type Usage } from '../contract/usage.ts';
import { outputOf, type Ending } from './scheduler.ts';
import { cutText } from '../contract/cut-text.ts';

export class JobRun {
  state: JobState = 'accepted';
  usage: Usage = noUsage;
  readonly job: JobReference;
  readonly endings = new Map<string, Ending>();
  readonly running = new Set<string>();
  readonly artifacts: ArtifactReference[] = [];
  readonly input: LeadMagnetJobInput;
  readonly approvals: Approvals;
  /** Transitions that no activity is known to have recorded: each activity that starts carries all of them. */
  private transitions: readonly StepTransition[] = [];
  private sequence = 0;

  /** `changed` is called when a question to a person is asked or closed. */
  constructor(input: LeadMagnetJobInput, jobId: string, changed: (run: JobRun) => void) {
    this.input = input;
    this.approvals = new Approvals(() => changed(this));
    const { language, logo } = input.definition;
    this.job = {
      id: jobId,
      tenant: input.tenant,
      leadMagnet: input.definition.slug,
      leadMagnetName: input.definition.name,
      version: input.version,
      submittedAt: input.submittedAt,
      url: input.jobUrl,
      ...(input.limits === undefined ? {} : { limitsVersion: input.limits.version }),
      ...(language === undefined && logo === undefined
        ? {}
        : { look: { language: language ?? null, logo: logo ?? null } }),
    };
  }

  get steps(): readonly Step[] {
    return this.input.definition.steps;
  }

  /** Jobs that were started before there was a choice use the separate queue. */
  get aiQueue(): 'jobs' | 'llm' {
    const { revision, aiQueue = 'jobs' } = this.input;
    return revision === undefined ? 'llm' : aiQueue;
  }

  /** What the version of limits of this job changes of the table. */
  get pinnedLimits(): LimitsByKind | undefined {
    return this.input.limits?.overrides;
  }

  /** Whether search attributes show this state: those of the start show that the job runs, the last how it ended. */
  isShown(state: JobState): boolean {
    const { revision = 1, definition } = this.input;
    return revision < 3 || state === 'ended' || (state === 'delivering' && definition.deliver.length > 0);
  }

  /** The input of a step's activity: its definition, the outputs it may use, and the transitions to record. */
  activityInput(step: Step): StepActivityInput {
    return {
      job: this.job,
      step,
      generation: 1,
      sequence: this.count(),
      form: this.input.form,
      outputs: this.outputs(),
      network: this.input.definition.network,
      transitions: this.unrecorded(),
    };
  }

  /** The input of an activity that continues where an earlier one of the step ended. */
  goingOn(input: StepActivityInput, resumption: StepResumption): StepActivityInput {
    return { ...input, sequence: this.count(), transitions: this.unrecorded(), resumption };
  }

  /** The input of a further activity of the same step: the store orders it after the one before. */
  followUp(input: StepActivityInput): StepActivityInput {
    return { ...input, sequence: this.count(), transitions: this.unrecorded(), follows: true };
  }

  /** Waits for a person's answer to a step's question; null when nobody answered in time. */
  ask(stepId: string, request: ApprovalRequest): Promise<ApprovalAnswer | null> {
    return this.approvals.ask(stepId, request);
  }

  outputs(): Record<string, OutputReference | null> {
    return Object.fromEntries(
      [...this.endings.keys()].map((id) => [id, outputOf(this.steps, id, this.endings)] as const),
    );
  }

  /** Records how a step ended. */
  finish(id: string, result: StepRunResult): void {
    this.running.delete(id);
    this.endings.set(id, { state: result.state, reason: result.reason, output: result.output });
    this.usage = addUsage(this.usage, result.usage);
    this.artifacts.push(...result.artifacts);
    // Always recorded again: the activity's own record may differ from what the workflow got, for example when it died
    // after writing.
    this.note(id, result.state, result.reason, this.limitsOf(id));
  }

  /** Records an end that the workflow itself decided. */
  settle(id: string, state: 'skipped' | 'cancelled', reason: Reason): void {
    this.endings.set(id, { state, reason, output: null });
    this.note(id, state, reason);
  }

  private note(stepId: string, state: StepState, reason: Reason | null, limits?: RunLimits): void {
    const at = new Date().toISOString();
    const transition = { stepId, generation: 1, sequence: this.count(), state, reason, at };
    this.transitions = [...this.transitions, { ...transition, ...(limits === undefined ? {} : { limits }) }];
  }

  /** For the row of the step's run, which the store makes when no activity could. */
  private limitsOf(id: string): RunLimits | undefined {
    const step = this.steps.find((one) => one.id === id);
    return step === undefined ? undefined : limitsOfStep(step, this.pinnedLimits);
  }

  private count(): number {
    this.sequence += 1;
    return this.sequence;
  }

  /**
   * The transitions for an activity to carry. None is lost when it never runs: only `recorded` removes them from the
   * list.
   */
  unrecorded(): readonly StepTransition[] {
    return this.transitions;
  }

  /** Called after an activity that carried these transitions has ended, and so has recorded them. */
  recorded(carried: readonly StepTransition[]): void {
    this.transitions = this.transitions.filter((transition) => !carried.includes(transition));
  }

  summaries(): readonly StepSummary[] {
    return this.steps.map((step) => {
      const ending = this.endings.get(step.id);
      const state = ending?.state ?? this.stateOf(step.id);
      return { id: step.id, state, reason: ending?.reason ?? null };
    });
  }

  private stateOf(stepId: string): StepState {
    if (!this.running.has(stepId)) return 'waiting';
    return this.approvals.openFor(stepId) === null ? 'running' : 'awaiting_approval';
  }

  /** The run in Markdown, for Temporal's Web UI. */
  details(): string {
    const rows = this.summaries().map(
      ({ id, state, reason }) => `| ${id} | ${state} | ${cutText(this.remark(id, reason), 200)} |`,
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
  private remark(stepId: string, reason: Reason | null): string {
    return reason?.message ?? this.approvals.openFor(stepId)?.question ?? '';
  }
}
