/** What the API asks of Temporal, as fakes that a test controls. */
import type { BatchOrder, BatchTemporal, OrderTaken } from '../../../client/api/batches/batch-temporal.ts';
import type { ExperimentTemporal, StartableExperiment } from '../../../client/api/experiments/experiment-temporal.ts';
import type { AnswerTaken, JobStarter } from '../../../client/api/jobs/job-starter.ts';
import type { LimitsTemporal } from '../../../client/api/limits/limits-temporal.ts';
import { TemporalUnreachable } from '../../../client/api/temporal-calls.ts';
import type { ToolTemporal } from '../../../client/api/tools/tool-temporal.ts';
import type { BatchView } from '../../../workflows/contract/batches/schema.ts';
import type { ApprovalAnswer } from '../../../workflows/contract/computer-use/approvals.ts';
import type { RedeliveryInput } from '../../../workflows/contract/jobs/job.ts';
import type { ToolRequestInput } from '../../../workflows/contract/tools/tool-request.ts';

export interface FakeTemporal extends JobStarter {
  readonly started: string[];
  readonly cancelled: string[];
  readonly redelivered: RedeliveryInput[];
  reachable: boolean;
  readonly answered: ApprovalAnswer[];
  /** How a job takes an answer; it may throw, as the real one does. */
  onAnswer: (answer: ApprovalAnswer) => AnswerTaken;
  /** What happens when a job starts, as a worker would do it. */
  onStart: (jobId: string) => Promise<void>;
  /** What happens while Temporal is asked to cancel a job, whether or not it runs the job. */
  onCancel: (jobId: string) => Promise<void>;
}

export interface FakeLimits extends LimitsTemporal {
  /** How the waiting workflow takes an answer; it may throw, as the real one does. */
  onAnswer: LimitsTemporal['answer'];
}

export function fakeLimits(): FakeLimits {
  const fake: FakeLimits = {
    onAnswer: async () => ({ as: 'taken' }),
    answer: (open, answer) => fake.onAnswer(open, answer),
  };
  return fake;
}

export function fakeTemporal(): FakeTemporal {
  const fake: FakeTemporal = {
    started: [],
    cancelled: [],
    redelivered: [],
    reachable: true,
    answered: [],
    onAnswer: () => ({ as: 'taken', message: '' }),
    onStart: async () => undefined,
    onCancel: async () => undefined,
    async start(jobId) {
      if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
      fake.started.push(jobId);
      await fake.onStart(jobId);
    },
    async redeliver(redelivery) {
      if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
      fake.redelivered.push(redelivery);
    },
    async cancel(jobId) {
      if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
      await fake.onCancel(jobId);
      if (!fake.started.includes(jobId)) return false;
      fake.cancelled.push(jobId);
      return true;
    },
    async answer(_jobId, answer) {
      if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
      fake.answered.push(answer);
      return fake.onAnswer(answer);
    },
  };
  return fake;
}

export interface FakeBatches extends BatchTemporal {
  reachable: boolean;
  /** Batches that were begun, as they stood then. */
  readonly started: BatchView[];
  readonly orders: BatchOrder[];
  readonly woken: string[];
  /** What a workflow does when it begins. */
  onStart: (batch: BatchView) => Promise<void>;
  /** How a workflow takes an order. */
  onOrder: (id: string, order: BatchOrder) => Promise<OrderTaken>;
}

export function fakeBatches(): FakeBatches {
  const reach = (): void => {
    if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
  };
  const fake: FakeBatches = {
    reachable: true,
    started: [],
    orders: [],
    woken: [],
    onStart: async () => undefined,
    onOrder: async () => ({ as: 'taken', message: '' }),
    async start(batch) {
      reach();
      fake.started.push(batch);
      await fake.onStart(batch);
    },
    async order(id, order) {
      reach();
      fake.orders.push(order);
      return fake.onOrder(id, order);
    },
    async wake(id) {
      reach();
      fake.woken.push(id);
    },
  };
  return fake;
}

export interface FakeTools extends ToolTemporal {
  reachable: boolean;
  readonly started: ToolRequestInput[];
  readonly cancelled: string[];
  /** What the workflow does when it begins. */
  onStart: (input: ToolRequestInput) => Promise<void>;
}

export function fakeTools(): FakeTools {
  const fake: FakeTools = {
    reachable: true,
    started: [],
    cancelled: [],
    onStart: async () => undefined,
    async start(input) {
      if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
      fake.started.push(input);
      await fake.onStart(input);
    },
    isStarted: async (id) => fake.started.some(({ requestId }) => requestId === id),
    cancel: async (id) => void fake.cancelled.push(id),
  };
  return fake;
}

export interface FakeExperiments extends ExperimentTemporal {
  reachable: boolean;
  readonly started: StartableExperiment[];
  readonly cancelled: string[];
}

export function fakeExperiments(): FakeExperiments {
  const reach = (): void => {
    if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
  };
  const fake: FakeExperiments = {
    reachable: true,
    started: [],
    cancelled: [],
    async start(experiment) {
      reach();
      fake.started.push(experiment);
    },
    async isRunning(_tenant, id) {
      reach();
      return fake.started.some((started) => started.id === id);
    },
    async cancel(_tenant, id) {
      reach();
      if (!fake.started.some((started) => started.id === id)) return false;
      fake.cancelled.push(id);
      return true;
    },
  };
  return fake;
}
