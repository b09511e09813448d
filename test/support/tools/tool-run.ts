/** Tool requests in a real store, run by the real activities with a model and a clock in a test's hands. */
import { ActivityCancellationDetails } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createToolActivities } from '../../../activities/tools/run-tool.ts';
import type { Model, ModelRequest, ModelResponse } from '../../../activities/ports.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import { imageTypeOf } from '../../../workflows/contract/tools/file-content.ts';
import { toolLimits, type ToolLimitChoices } from '../../../workflows/contract/tools/limits.ts';
import { FakeClock } from '../fake-clock.ts';
import { recordingMeter, type Measurement } from '../recording-meter.ts';
import { textResponse } from '../llm/responses.ts';
import { temporaryStore, type TestStore } from '../temporary-store.ts';

export interface ScriptedModel extends Model {
  readonly asked: ModelRequest[];
  readonly cancelled: string[];
}

/** A model whose answers are scripted: a text, `pending` for a call that never ends, or what a function does. */
export function scriptedModel(
  answers: (string | ((request: ModelRequest, signal?: AbortSignal) => Promise<ModelResponse>))[],
): ScriptedModel {
  const asked: ModelRequest[] = [];
  const cancelled: string[] = [];
  const pending = (id: string): ModelResponse => ({ ...textResponse(id, ''), status: 'pending' });
  return {
    asked,
    cancelled,
    async create(request, signal) {
      asked.push(request);
      const answer = answers[asked.length - 1] ?? 'fine';
      const id = `response_${asked.length}`;
      if (typeof answer !== 'string') return answer(request, signal);
      return answer === 'pending' ? pending(id) : textResponse(id, answer);
    },
    async retrieve(id) {
      return cancelled.includes(id) ? { ...pending(id), status: 'cancelled' } : pending(id);
    },
    async cancel(id) {
      cancelled.push(id);
    },
  };
}

/** So short that a test need not wait for a heartbeat. */
const heartbeatTimeoutMs = 30;

export interface ToolRun {
  readonly store: TestStore;
  readonly clock: FakeClock;
  readonly model: ScriptedModel;
  /** Accepts a request, and has it begun so many seconds ago. */
  accept(
    tool: string,
    input: JsonObject,
    options?: {
      begunSecondsAgo?: number;
      choices?: ToolLimitChoices;
      files?: Readonly<Record<string, string | Uint8Array>>;
    },
  ): Promise<string>;
  turn(requestId: string, attempt?: number): Promise<unknown>;
  expert(requestId: string, attempt?: number): Promise<unknown>;
  /** What the activities have told Temporal in their heartbeats. */
  readonly beats: unknown[];
  readonly measured: readonly Measurement[];
  /** Ends the worker of the running activity. */
  shutDown(): void;
  /** Tells the running activity that its workflow, or its attempt, is not known any more. */
  forget(): void;
}

export async function toolRun(model: ScriptedModel, locale: string | null = null): Promise<ToolRun> {
  const store = await temporaryStore();
  const clock = new FakeClock();
  const { sleep, now } = clock;
  const activities = createToolActivities({
    store,
    model,
    now,
    sleep,
    wasCancelled: () => false,
    defaultModel: 'm',
    expertModel: 'expert',
    pricedModels: ['m', 'own'],
    providers: { list: () => [] },
    toolChoices: {},
    locale,
  });
  let count = 0;
  const beats: unknown[] = [];
  const { meter, measured } = recordingMeter();
  let environment: MockActivityEnvironment | undefined;
  const run = (attempt: number, work: () => Promise<unknown>): Promise<unknown> => {
    const info = { attempt, heartbeatTimeoutMs, heartbeatDetails: beats.at(-1) };
    environment = new MockActivityEnvironment(info, { metricMeter: meter });
    environment.on('heartbeat', (details: unknown) => beats.push(details));
    return clock.run(environment.run(work));
  };
  return {
    store,
    clock,
    model,
    beats,
    measured,
    shutDown: () => environment?.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true })),
    forget: () => environment?.cancel('NOT_FOUND', new ActivityCancellationDetails({ notFound: true })),
    async accept(tool, input, { begunSecondsAgo = 0, choices = {}, files = {} } = {}) {
      count += 1;
      const id = `tool_${count}`;
      const continued = input['continuation_id'];
      const begun = new Date(now() - begunSecondsAgo * 1000);
      await store.toolRequests.accept({
        id,
        tool,
        conversationId: typeof continued === 'string' ? continued : `conversation_${String(count).padStart(24, '0')}`,
        isNewConversation: continued === undefined,
        input,
        inputHash: id,
        files: await Promise.all(
          Object.entries(files).map(async ([name, content]) => ({
            name,
            imageType: imageTypeOf(Buffer.from(content)),
            ...(await store.artifacts.putContent(Buffer.from(content))),
          })),
        ),
        limits: toolLimits(choices, tool),
        now: begun,
        expiresAt: new Date(now() + 3_600_000),
      });
      if (begunSecondsAgo > 0) await store.toolRequests.begin(id, 'turn', begun);
      return id;
    },
    turn: (requestId, attempt = 1) => run(attempt, () => activities.runToolTurn({ requestId, tenant: 'default' })),
    expert: (requestId, attempt = 1) => run(attempt, () => activities.runToolExpert({ requestId, tenant: 'default' })),
  };
}
