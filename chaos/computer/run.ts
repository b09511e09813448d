/** One run through the site with the planned faults, and its results. */
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { killBrowsers, killHosts } from './outer-faults.ts';
import type { Child } from '../../workers/local/child.ts';
import type { LeadMagnetJobResult } from '../../workflows/contract/jobs/job.ts';
import { decideApprovalUpdate } from '../../workflows/contract/jobs/messages.ts';
import { workerBoundaries, type Fault, type FaultKind, type WorkerBoundary } from './boundaries.ts';
import { startJob, type JobHandle } from './job.ts';
import type { World } from './world.ts';

export interface InjectedFault {
  readonly kind: FaultKind;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface RunResult {
  readonly outcome: string;
  readonly iterations: number;
  readonly paidCalls: number;
  readonly repeatedEffects: number;
  readonly missingEffects: number;
  readonly injected: readonly InjectedFault[];
  /** For each fault: the milliseconds until the model was called again, and the recovery level of the browser. */
  readonly recoveries: readonly {
    readonly kind: FaultKind;
    readonly milliseconds: number;
    readonly recoveryLevel: string;
  }[];
  /** Planned faults that were not injected because the run ended first. */
  readonly left: readonly Fault[];
}

const pollMilliseconds = 25;

export async function runOnce(world: World, name: string, faults: readonly Fault[]): Promise<RunResult> {
  const entriesBefore = world.model.journal.entries.length;
  const handle = await startJob(world, name);
  const run = new RunWithFaults(world, handle, faults);
  const result = await run.follow();
  const step = (await world.store.jobViews.find(name))?.steps[0];
  const entries = world.model.journal.entries.slice(entriesBefore);
  const effects = world.site.effectsOf(name);
  return {
    outcome: result.reason === null ? result.outcome : `${result.outcome}: ${result.reason.message}`,
    iterations: step?.iterations ?? 0,
    paidCalls: entries.filter(({ kind, usage }) => kind === 'create' && usage !== null).length,
    repeatedEffects: [...effects.values()].reduce((sum, count) => sum + count - 1, 0),
    missingEffects: world.steps - effects.size,
    injected: run.injected,
    recoveries: await Promise.all(run.injected.map((injected) => recoveryOf(world, name, injected))),
    left: run.left,
  };
}

/** Follows a job to its end and injects the planned faults, one after the other. */
class RunWithFaults {
  readonly injected: InjectedFault[] = [];
  private readonly world: World;
  private readonly handle: JobHandle;
  private plan: readonly Fault[];
  /** Not part of the plan's order: it is injected when a question is open. */
  private whileAsked: Fault | undefined;
  private worker: Child | undefined;
  private workerDied = false;
  private result: LeadMagnetJobResult | undefined;
  private readonly answered = new Set<string>();

  constructor(world: World, handle: JobHandle, plan: readonly Fault[]) {
    this.world = world;
    this.handle = handle;
    this.plan = plan.filter(({ kind }) => kind !== 'while a person is asked');
    this.whileAsked = plan.find(({ kind }) => kind === 'while a person is asked');
  }

  get left(): readonly Fault[] {
    return this.whileAsked === undefined ? this.plan : [...this.plan, this.whileAsked];
  }

  async follow(): Promise<LeadMagnetJobResult> {
    const ended = this.keepResult();
    // When the run is given up, the servers that it uses are closed before it ends.
    ended.catch(() => undefined);
    await this.serve();
    let creates = this.creates();
    for (;;) {
      await Promise.race([ended, this.worker?.ended, delay(pollMilliseconds)]);
      if (this.result !== undefined) break;
      const [fault] = this.plan;
      const asked = await this.openQuestion();
      if (asked !== null) {
        await this.answer(asked);
      } else if (this.workerDied) {
        if (fault === undefined || !isBoundary(fault.kind)) throw new Error(this.worker?.lastOutput());
        this.note(fault.kind);
        await this.serve();
        creates = this.creates();
      } else if (fault !== undefined && !isBoundary(fault.kind) && this.creates() >= creates + fault.nth) {
        await this.injectOuterFault(fault.kind);
        await this.goneOn();
        await this.handOver();
        creates = this.creates();
      }
    }
    await this.worker?.stop();
    return this.result;
  }

  private async keepResult(): Promise<void> {
    this.result = await this.handle.result();
  }

  private note(kind: FaultKind): void {
    this.injected.push({ kind, at: Date.now() });
    this.plan = this.plan.slice(1);
  }

  /** Starts a worker with an order for the next fault of the plan. */
  private async serve(): Promise<void> {
    const [next] = this.plan;
    const order = next !== undefined && isBoundary(next.kind) ? { ...next, kind: next.kind } : null;
    const worker = await this.world.startWorker(order);
    this.worker = worker;
    this.workerDied = false;
    void this.noticeDeath(worker);
  }

  private async noticeDeath(worker: Child): Promise<void> {
    await worker.ended;
    this.workerDied = this.worker === worker;
  }

  /** Stops the worker in order, as a deployment does; the next worker takes the session over. */
  private async handOver(): Promise<void> {
    await this.worker?.stop();
    await this.serve();
  }

  private async injectOuterFault(kind: FaultKind): Promise<void> {
    this.note(kind);
    if (kind === 'the browser is killed') await killBrowsers(this.world.hostsFolder);
    if (kind === "the browser's host is killed") await killHosts(this.world.hostsFolder);
    if (kind === 'the model server is cut off') {
      this.world.model.injectFault({ kind: 'reset', times: 3, when: 'before_work' });
    }
  }

  private async openQuestion(): Promise<string | null> {
    const view = await this.world.store.jobViews.find(this.handle.workflowId);
    const open = view?.approvals.find(({ state, requestId }) => state === 'open' && !this.answered.has(requestId));
    return open?.requestId ?? null;
  }

  private async answer(requestId: string): Promise<void> {
    if (this.whileAsked !== undefined) {
      await this.worker?.kill();
      this.injected.push({ kind: this.whileAsked.kind, at: Date.now() });
      this.whileAsked = undefined;
      await this.serve();
    }
    const answer = { requestId, decision: 'approve' as const, by: 'chaos', note: null };
    try {
      await this.handle.executeUpdate(decideApprovalUpdate, { args: [answer] });
      this.answered.add(requestId);
    } catch (error) {
      // The store may list a question shortly before the workflow knows it: it is answered in the next round.
      if (!isUnknownQuestion(error)) throw error;
    }
  }

  private creates(): number {
    return this.world.model.journal.entries.filter(({ kind }) => kind === 'create').length;
  }

  /** Waits until the model was called twice more, which shows that the run continues. */
  private async goneOn(): Promise<void> {
    const until = this.creates() + 2;
    while (this.result === undefined && this.creates() < until && (await this.openQuestion()) === null) {
      await delay(pollMilliseconds);
    }
  }
}

function isUnknownQuestion(error: unknown): boolean {
  const { cause } = error instanceof WorkflowUpdateFailedError ? error : {};
  return cause instanceof ApplicationFailure && cause.type === 'approval_unknown';
}

function isBoundary(kind: FaultKind): kind is WorkerBoundary {
  return workerBoundaries.some((boundary) => boundary === kind);
}

async function recoveryOf(world: World, jobId: string, { kind, at }: InjectedFault) {
  const asked = world.model.journal.entries.find((entry) => entry.kind === 'create' && Date.parse(entry.time) > at);
  const milliseconds = asked === undefined ? Number.NaN : Date.parse(asked.time) - at;
  const events = await world.store.events.after(jobId, 0, 10_000);
  const opened = events.find((event) => event.type === 'browser.opened' && Date.parse(event.at) > at);
  return { kind, milliseconds, recoveryLevel: /the browser (\w+)/.exec(opened?.message ?? '')?.[1] ?? 'none needed' };
}
