/** The activities of one tenant, and how each call of an activity finds the tenant whose work it is. */
import { createBatchStep } from '../activities/batches/batch-step.ts';
import { createRunBatchEconomy } from '../activities/batches/economy/run-batch-economy.ts';
import { createRunBatchPartition } from '../activities/batches/partition/run-batch-partition.ts';
import { createBatchRecords } from '../activities/batches/records.ts';
import { createStopBatchItems } from '../activities/batches/stop-batch-items.ts';
import { createRunCode } from '../activities/code/run-code.ts';
import { createRunComputerUse } from '../activities/computer-use/run-computer-use.ts';
import { createDeliver, createRedeliver } from '../activities/deliveries/deliver.ts';
import { createExperimentRecords } from '../activities/experiments/records.ts';
import { createWriteCode } from '../activities/experiments/rounds/write-code.ts';
import { createExperimentPhases } from '../activities/experiments/sandbox-phases.ts';
import { createPaidCalls } from '../activities/llm/paid-call.ts';
import { withFallback } from '../activities/llm/providers/fallback-model.ts';
import { createRunAi } from '../activities/llm/run-ai.ts';
import { createJobRecords } from '../activities/records/job-records.ts';
import { createRunRender } from '../activities/render/run-render.ts';
import { createRunWebhook } from '../activities/webhook/run-webhook.ts';
import { createToolStep } from '../activities/tools/tool-step.ts';
import { createToolActivities } from '../activities/tools/run-tool.ts';
import type { Store, Stores } from '../store/store.ts';
import type { BatchEconomyActivities } from '../workflows/contract/batches/economy.ts';
import type {
  BatchPartitionActivities,
  BatchRecordActivities,
  FormerBatchActivities,
} from '../workflows/contract/batches/batch.ts';
import type {
  ExperimentModelActivities,
  ExperimentRecordActivities,
  ExperimentSandboxActivities,
} from '../workflows/contract/experiments/experiment.ts';
import type {
  BrowserActivities,
  JobActivities,
  LlmActivities,
  SandboxActivities,
} from '../workflows/contract/jobs/job.ts';
import type { ToolActivities, ToolRecordActivities } from '../workflows/contract/tools/tool-request.ts';
import type { Clients } from './clients.ts';

/** By the kind of queue that serves them. */
export interface TenantActivities {
  readonly jobs: JobActivities & BatchRecordActivities & ToolRecordActivities & ExperimentRecordActivities;
  readonly llm: LlmActivities &
    BatchPartitionActivities &
    FormerBatchActivities &
    BatchEconomyActivities &
    ExperimentModelActivities &
    ToolActivities;
  readonly browser: BrowserActivities;
  readonly sandbox: SandboxActivities & ExperimentSandboxActivities;
}

/** `store` is the tenant's. */
function createTenantActivities(store: Store, clients: Clients): TenantActivities {
  const { askingOnce, batches, computers, defaultModel, toolSettings, delivering, pdfPrinter } = clients;
  const { http, secrets, allowPrivateOrigins } = delivering;
  const { priceOf } = batches;
  const { providers, fallbackModels: order, conversationHours } = clients;
  const limiters = store.rateLimiters;
  const model = withFallback({ model: askingOnce.model, order, providers, limiters, now: batches.now });
  const askOnce = createPaidCalls({ ...askingOnce, model, ledger: store.ledger });
  const withBatches = { ...batches, store };
  const tools = createToolActivities({
    ...askingOnce,
    model,
    store,
    now: batches.now,
    defaultModel,
    providers,
    ...toolSettings,
  });
  return {
    jobs: {
      ...createJobRecords(store),
      ...createBatchRecords({ store, priceOf }),
      ...createBatchStep({ store, defaultModel }),
      ...createToolStep({
        store,
        toolChoices: toolSettings.toolChoices,
        conversationHours,
        now: batches.now,
      }),
      runWebhook: createRunWebhook({ store, http, secrets, allowPrivateOrigins }),
      runRender: createRunRender({ store, http, pdfPrinter }),
      deliver: createDeliver({ ...delivering, store }),
      redeliver: createRedeliver({ ...delivering, store }),
      endToolRequest: (input) => tools.endToolRequest(input),
      ...createExperimentRecords(store),
    },
    llm: {
      runAi: createRunAi({ store, askOnce, defaultModel, endpointOf: (name) => providers.endpointOf(name) }),
      ...createRunBatchPartition(withBatches),
      runBatchEconomy: createRunBatchEconomy(withBatches),
      stopBatchItems: createStopBatchItems(withBatches),
      writeCode: createWriteCode({ store, askOnce, defaultModel, now: batches.now }),
      runToolTurn: (input) => tools.runToolTurn(input),
      runToolExpert: (input) => tools.runToolExpert(input),
    },
    browser: {
      runComputerUse: createRunComputerUse({ store, askOnce, computers, defaultModel, secrets, allowPrivateOrigins }),
    },
    sandbox: {
      runCode: createRunCode({ store, sandboxes: clients.sandboxes }),
      ...createExperimentPhases({ store, runCode: clients.sandboxes.python, freeBytes: clients.freeBytes }),
    },
  };
}

/** Activities that run with the store of the tenant whose job or batch their input names. */
export function createActivities(stores: Stores, clients: Clients): TenantActivities {
  const made = new Map<string, TenantActivities>();
  const of = (tenant: string): TenantActivities => {
    const activities =
      made.get(tenant) ?? createTenantActivities(clients.seamOfStore(stores.forTenant(tenant)), clients);
    made.set(tenant, activities);
    return activities;
  };
  const ofBatch = async (batchId: string): Promise<TenantActivities> =>
    of(known(await stores.acrossTenants.tenantOfBatch(batchId), `batch ${batchId}`));
  const ofJob = async (jobId: string): Promise<TenantActivities> =>
    of(known(await stores.acrossTenants.tenantOfJob(jobId), `job ${jobId}`));
  return {
    jobs: {
      openJob: (input) => of(input.job.tenant).jobs.openJob(input),
      closeJob: (input) => of(input.job.tenant).jobs.closeJob(input),
      planDelivery: (input) => of(input.job.tenant).jobs.planDelivery(input),
      endDelivery: (input) => of(input.input.job.tenant).jobs.endDelivery(input),
      deliver: (input) => of(input.job.tenant).jobs.deliver(input),
      redeliver: async (input) => (await ofJob(input.jobId)).jobs.redeliver(input),
      endRedelivery: async (input) => (await ofJob(input.jobId)).jobs.endRedelivery(input),
      runWebhook: (input) => of(input.job.tenant).jobs.runWebhook(input),
      runRender: (input) => of(input.job.tenant).jobs.runRender(input),
      prepareBatchStep: (input) => of(input.job.tenant).jobs.prepareBatchStep(input),
      collectBatchStep: (input) => of(input.job.tenant).jobs.collectBatchStep(input),
      prepareToolStep: (input) => of(input.job.tenant).jobs.prepareToolStep(input),
      collectToolStep: (input) => of(input.job.tenant).jobs.collectToolStep(input),
      openBatch: async (input) => (await ofBatch(input.batchId)).jobs.openBatch(input),
      changeBatch: async (input) => (await ofBatch(input.batchId)).jobs.changeBatch(input),
      endToolRequest: (input) => of(input.tenant).jobs.endToolRequest(input),
      closeBatch: async (input) => (await ofBatch(input.batchId)).jobs.closeBatch(input),
      givenCode: (input) => of(input.tenant).jobs.givenCode(input),
      endRound: (input) => of(input.tenant).jobs.endRound(input),
      endExperiment: (input) => of(input.tenant).jobs.endExperiment(input),
    },
    llm: {
      writeCode: (input) => of(input.tenant).llm.writeCode(input),
      runToolTurn: (input) => of(input.tenant).llm.runToolTurn(input),
      runToolExpert: (input) => of(input.tenant).llm.runToolExpert(input),
      runAi: (input) => of(input.job.tenant).llm.runAi(input),
      runBatchPartition: async (input) => (await ofBatch(input.batchId)).llm.runBatchPartition(input),
      runBatchLane: async (input) => (await ofBatch(input.batchId)).llm.runBatchLane(input),
      runBatchEconomy: async (input) => (await ofBatch(input.batchId)).llm.runBatchEconomy(input),
      stopBatchItems: async (input) => (await ofBatch(input.batchId)).llm.stopBatchItems(input),
    },
    browser: {
      runComputerUse: (input) => of(input.job.tenant).browser.runComputerUse(input),
    },
    sandbox: {
      runCode: (input) => of(input.job.tenant).sandbox.runCode(input),
      dispatchExperiment: (input) => of(input.tenant).sandbox.dispatchExperiment(input),
      encodeRound: (input) => of(input.tenant).sandbox.encodeRound(input),
      decodeRound: (input) => of(input.tenant).sandbox.decodeRound(input),
      scoreRound: (input) => of(input.tenant).sandbox.scoreRound(input),
    },
  };
}

function known(tenant: string | null, what: string): string {
  if (tenant === null) throw new Error(`the store has no ${what}`);
  return tenant;
}
