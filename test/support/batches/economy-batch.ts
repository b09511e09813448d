/** An economy batch with a real store, a pretended batch API and a clock in the test's hands. */
import { failure } from '../../../activities/failure.ts';
import { runEconomy } from '../../../activities/batches/economy/economy.ts';
import type {
  BatchAnswerLine,
  BatchRequestLine,
  EconomyDependencies,
  ReportedBatch,
  BatchApi,
} from '../../../activities/batches/economy/economy-ports.ts';
import { stopEconomy } from '../../../activities/batches/economy/economy-stop.ts';
import type { BatchItemView } from '../../../workflows/contract/batches/schema.ts';
import type { BatchPartitionResult, BatchStop } from '../../../workflows/contract/batches/batch.ts';
import type { BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import { runningBatch } from './batches.ts';
import { FakeClock } from '../fake-clock.ts';
import { textResponse } from '../llm/responses.ts';
import { type TestStore, temporaryStore } from '../temporary-store.ts';

/** A batch as a test has it end: which lines it answers, and how. */
interface Held {
  batch: ReportedBatch;
  readonly key: string;
  readonly lines: readonly BatchRequestLine[];
  answers: readonly BatchAnswerLine[];
}

/** A batch API without a network: batches run until the test ends them. */
export class FakeBatchApi implements BatchApi {
  readonly files = new Map<string, { readonly key: string; readonly lines: readonly BatchRequestLine[] }>();
  readonly held: Held[] = [];
  readonly cancelled: string[] = [];
  /** Called with the name of each call, before and after it is done; throws to lose it. */
  onCall: (name: keyof BatchApi, when: 'before' | 'after') => void = () => undefined;
  costUsd = 0.001;

  async upload(key: string, lines: AsyncIterable<BatchRequestLine>): Promise<string> {
    this.onCall('upload', 'before');
    const id = `file-${this.files.size + 1}`;
    const read: BatchRequestLine[] = [];
    for await (const line of lines) read.push(line);
    this.files.set(id, { key, lines: read });
    this.onCall('upload', 'after');
    return id;
  }

  async findUpload(key: string): Promise<string | null> {
    return [...this.files].find(([, file]) => file.key === key)?.[0] ?? null;
  }

  async create(key: string, fileId: string): Promise<ReportedBatch> {
    this.onCall('create', 'before');
    const lines = this.files.get(fileId)?.lines ?? [];
    const id = `batch_${this.held.length + 1}`;
    const none = { fileIds: [], problems: [], answered: 0 };
    const batch: ReportedBatch = { id, status: 'running', total: lines.length, ...none };
    this.held.push({ batch, key, lines, answers: [] });
    this.onCall('create', 'after');
    return batch;
  }

  async findBatch(key: string): Promise<ReportedBatch | null> {
    return this.held.find((held) => held.key === key)?.batch ?? null;
  }

  async retrieve(id: string): Promise<ReportedBatch> {
    this.onCall('retrieve', 'before');
    return this.get(id).batch;
  }

  async cancel(id: string): Promise<void> {
    this.cancelled.push(id);
    const held = this.get(id);
    held.batch = { ...held.batch, status: 'ending' };
  }

  async *answers(fileId: string): AsyncGenerator<BatchAnswerLine> {
    yield* this.get(fileId).answers;
  }

  /** Ends a batch; all of its lines are answered, unless `answer` says otherwise: null is a line that is missing. */
  end(
    id: string,
    status: Exclude<ReportedBatch['status'], 'running' | 'ending'>,
    answer: (customId: string) => BatchAnswerLine | null = (customId) => this.answered(customId),
  ): void {
    const held = this.get(id);
    held.answers = held.lines.flatMap(({ customId }) => answer(customId) ?? []);
    held.batch = { ...held.batch, status, fileIds: [id] };
  }

  answered(customId: string): BatchAnswerLine {
    const response = textResponse(`resp_${customId}`, `answer ${customId}`);
    return { customId, response: { ...response, usage: { ...response.usage, costUsd: this.costUsd } }, problem: null };
  }

  get(id: string): Held {
    const held = this.held.find(({ batch }) => batch.id === id);
    if (held === undefined) throw failure('provider_request', `No batch found with id '${id}'.`);
    return held;
  }
}

export interface EconomyWorld {
  readonly store: TestStore;
  readonly clock: FakeClock;
  readonly provider: FakeBatchApi;
  readonly dependencies: EconomyDependencies;
  look(input?: { readonly until?: number; readonly last?: boolean }): Promise<BatchPartitionResult>;
  stop(stop: BatchStop): Promise<{ readonly left: number }>;
  items(): Promise<readonly BatchItemView[]>;
}

/** A batch `b` of so many items that runs; each answer costs 0.001 USD, and at most 0.005: half of 0.01. */
export async function economyWorld(count: number, limits: Partial<BatchLimits> = {}): Promise<EconomyWorld> {
  const store = await temporaryStore();
  await runningBatch(store, 'b', count, limits, 'economy');
  const clock = new FakeClock();
  // Items were made a moment ago, by the test's clock.
  clock.time = Date.now();
  const provider = new FakeBatchApi();
  const { now, sleep } = clock;
  const common = {
    batchProblemOf: () => null,
    priceOf: () => 0.01,
    now,
    sleep,
    random: () => 0,
    onItem: () => undefined,
  };
  const dependencies: EconomyDependencies = { store, batchApi: provider, ...common };
  const { signal } = new AbortController();
  return {
    store,
    clock,
    provider,
    dependencies,
    look: ({ until = count, last = true } = {}) =>
      clock.run(runEconomy(dependencies, { batchId: 'b', until, last, continuations: 0 }, signal)),
    stop: (stop) => clock.run(stopEconomy(dependencies, 'b', stop, signal)),
    items: () => store.batchItems.page('b', { after: null, limit: 10_000 }),
  };
}
