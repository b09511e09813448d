/**
 * What durability costs a turn: a whole computer-use step with a computer and a model that take no time, so that only
 * the ledger, the checkpoints, the stored pictures, the events and the heartbeats are left.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunComputerUse } from '../../activities/computer-use/run-computer-use.ts';
import { createPaidCalls } from '../../activities/llm/paid-call.ts';
import type { Model, ModelResponse } from '../../activities/ports.ts';
import { openStores } from '../../store/store.ts';
import { defaultTenant } from '../../workflows/contract/names.ts';
import { activityPlace, job, stepInput } from '../../test/support/jobs/activity-inputs.ts';
import { leadMagnet } from '../../test/support/definitions.ts';
import { FakeComputer } from '../../test/support/computer-use/fake-computer.ts';
import { callResponse, click, textResponse } from '../../test/support/llm/responses.ts';

const turns = 200;

export interface Bookkeeping {
  /** Milliseconds from an answer to the next request, for a turn. */
  readonly iterations: readonly number[];
  /** The largest checkpoint that was stored and sent with a heartbeat. */
  readonly checkpointBytes: number;
}

/** Answers at once, and measures the time from each of its answers to the next request. */
class InstantModel implements Model {
  readonly gaps: number[] = [];
  private turn = 0;
  private answered: number | null = null;

  async create(): Promise<ModelResponse> {
    if (this.answered !== null) this.gaps.push(performance.now() - this.answered);
    this.turn += 1;
    const id = `resp_${this.turn}`;
    this.answered = performance.now();
    return this.turn > turns ? textResponse(id, 'Done.') : callResponse(id, [click(this.turn)]);
  }

  async retrieve(): Promise<ModelResponse> {
    throw new Error('an answer that came at once is not fetched');
  }

  async cancel(): Promise<void> {}
}

export async function measureBookkeeping(): Promise<Bookkeeping> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-bench-'));
  const stores = await openStores({ dataFolder: folder });
  const store = stores.forTenant(defaultTenant);
  try {
    const startUrl = 'https://site.example';
    const budget = { iterations: turns + 10, seconds: 3_600 };
    const definition = leadMagnet({
      network: { navigate: [startUrl] },
      steps: [{ id: 'press', kind: 'computer_use', startUrl, goal: 'Press the button.', budget }],
    });
    const { tenant, version, submittedAt, url: jobUrl } = job;
    await store.jobs.open(job.id, { tenant, version, definition, form: {}, submittedAt, jobUrl }, new Date());
    const model = new InstantModel();
    const run = createRunComputerUse({
      store,
      askOnce: createPaidCalls({ ...store, model, sleep: async () => undefined, wasCancelled: () => true }),
      computers: { open: async () => new FakeComputer(), reattach: async () => null },
      defaultModel: 'gpt-5.4-mini',
      secrets: {},
      allowPrivateOrigins: [],
    });
    let checkpointBytes = 0;
    const place = activityPlace();
    place.on('heartbeat', (details: unknown) => {
      checkpointBytes = Math.max(checkpointBytes, Buffer.byteLength(JSON.stringify(details)));
    });
    await place.run(run, stepInput(definition));
    return { iterations: model.gaps, checkpointBytes };
  } finally {
    await stores.close();
    await rm(folder, { recursive: true, force: true });
  }
}
