/** The one composition root: the only place where clients are created and passed to activities. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { createRunComputerUse } from '../activities/computer-use/run-computer-use.ts';
import { createComputerHosts } from '../activities/computer-use/host/hosts.ts';
import { sweepHosts } from '../activities/computer-use/host/sweep.ts';
import { endUnneededHosts } from '../activities/computer-use/host/unneeded.ts';
import { isSessionOver } from '../activities/computer-use/session-key.ts';
import { createDeliver, createRedeliver } from '../activities/delivery/deliver.ts';
import { createSmtpMail } from '../activities/delivery/smtp-mail.ts';
import { createGuardedHttp } from '../activities/http/guarded-fetch.ts';
import { createBatchStep } from '../activities/batches/batch-step.ts';
import { createReconcile } from '../activities/batches/reconcile/reconcile-activity.ts';
import { createLateAnswers } from '../activities/batches/reconcile/late-answers-activity.ts';
import { createBatchRecords } from '../activities/batches/records.ts';
import { createRunBatchEconomy } from '../activities/batches/economy/run-batch-economy.ts';
import { createRunBatchPartition } from '../activities/batches/partition/run-batch-partition.ts';
import { createStopBatchItems } from '../activities/batches/stop-batch-items.ts';
import { createLatestLimits } from '../activities/batches/reported-limits.ts';
import { createOpenAiBatches } from '../activities/llm/openai-batches.ts';
import { createOpenAiModel } from '../activities/llm/openai-model.ts';
import { createProviderEventLookup } from '../activities/llm/provider-event-lookup.ts';
import { createPaidCalls } from '../activities/llm/paid-call.ts';
import { costOf, type TokenCounts } from '../activities/llm/prices.ts';
import { createSweepContents } from '../activities/artifacts/sweep-activity.ts';
import { createRunAi } from '../activities/llm/run-ai.ts';
import { createJobRecords } from '../activities/records/job-records.ts';
import { createChromiumPdfPrinter } from '../activities/render/chromium-pdf.ts';
import { createRunRender } from '../activities/render/run-render.ts';
import type { ComputerHosts, Model } from '../activities/ports.ts';
import type { Secrets } from '../activities/secrets.ts';
import { createRunWebhook } from '../activities/webhook/run-webhook.ts';
import { openStore, type Store } from '../store/store.ts';
import type { BatchEconomyActivities } from '../workflows/contract/batches/economy.ts';
import type {
  BatchPartitionActivities,
  BatchRecordActivities,
  FormerBatchActivities,
} from '../workflows/contract/batches/batch.ts';
import type {
  ContentSweepActivities,
  LateAnswerActivities,
  ReconcileActivities,
} from '../workflows/contract/batches/reconcile.ts';
import type { BrowserActivities, JobActivities, LlmActivities } from '../workflows/contract/jobs/job.ts';
import { notifiersOf } from './alerting.ts';
import { chromiumSettings } from './chromium.ts';
import type { WorkerSettings } from './config.ts';

export interface WorkerDependencies {
  readonly store: Store;
  readonly jobs: JobActivities & BatchRecordActivities & ReconcileActivities & ContentSweepActivities;
  readonly llm: LlmActivities &
    BatchPartitionActivities &
    FormerBatchActivities &
    BatchEconomyActivities &
    LateAnswerActivities;
  readonly browser: BrowserActivities;
  /** Removes what browsers of dead workers left behind on this machine, and returns their names. */
  readonly sweepBrowsers: () => Promise<readonly string[]>;
  /** Ends browsers of this machine that were kept for steps which have ended since, and returns their names. */
  readonly endUnneededBrowsers: () => Promise<readonly string[]>;
}

/** Wraps ports before they are used: the chaos suite's worker kills itself in such wrappers. */
export interface Seams {
  readonly store: (store: Store) => Store;
  readonly model: (model: Model) => Model;
  readonly computers: (computers: ComputerHosts) => ComputerHosts;
}

const seamless: Seams = { store: (store) => store, model: (model) => model, computers: (computers) => computers };

export async function createDependencies(
  settings: WorkerSettings,
  secrets: Secrets,
  seams: Seams = seamless,
): Promise<WorkerDependencies> {
  const store = seams.store(
    await openStore({
      dataFolder: settings.LODESTONE_DATA_DIR,
      databaseUrl: settings.LODESTONE_DATABASE_URL,
    }),
  );
  const allowPrivateOrigins = settings.LODESTONE_ALLOW_PRIVATE_ORIGINS;
  const chromium = chromiumSettings(settings);
  const http = createGuardedHttp({ allowPrivateOrigins });
  const limits = createLatestLimits();
  const openAi = {
    // Without a key the worker still serves all other steps; the provider refuses those that need it.
    apiKey: settings.OPENAI_API_KEY ?? 'not-set',
    baseUrl: settings.OPENAI_BASE_URL,
    prices: settings.LODESTONE_PRICES,
  };
  const model = createOpenAiModel({
    ...openAi,
    background: settings.LODESTONE_BACKGROUND_RESPONSES,
    onLimits: limits.put,
  });
  const sleep = (milliseconds: number, signal: AbortSignal) => delay(milliseconds, undefined, { signal });
  const priceOf = (name: string, tokens: TokenCounts) => costOf([name], tokens, settings.LODESTONE_PRICES);
  const eventLookup = createProviderEventLookup(store.providerEvents, model);
  const batches = {
    store,
    model,
    eventLookup,
    batchApi: createOpenAiBatches(openAi),
    provider: new URL(settings.OPENAI_BASE_URL ?? 'https://api.openai.com').host,
    priceOf,
    takeLimits: limits.take,
    now: () => Date.now(),
    random: () => Math.random(),
    sleep,
  };
  const askOnce = createPaidCalls({
    model: seams.model(model),
    ledger: store.ledger,
    eventLookup,
    sleep,
    wasCancelled: () => Context.current().cancellationDetails?.cancelRequested === true,
  });
  const mail = createSmtpMail({ url: settings.LODESTONE_SMTP_URL, from: settings.LODESTONE_MAIL_FROM });
  const notifiers = notifiersOf(settings, { store, mail, http });
  const hostsFolder = join(settings.LODESTONE_DATA_DIR, 'browsers');
  const computers = createComputerHosts({
    hostsFolder,
    chromium,
    personMilliseconds: settings.LODESTONE_BROWSER_WAIT_SECONDS * 1000,
    leaseMilliseconds: settings.LODESTONE_BROWSER_LEASE_SECONDS * 1000,
    limits: {
      navigationMilliseconds: settings.LODESTONE_NAVIGATION_SECONDS * 1000,
      actionMilliseconds: settings.LODESTONE_ACTION_SECONDS * 1000,
    },
    recycle: {
      turns: settings.LODESTONE_BROWSER_TURNS,
      residentBytes: settings.LODESTONE_BROWSER_MEBIBYTES * 2 ** 20,
    },
  });
  const defaultModel = settings.LODESTONE_MODEL;
  const delivering = { store, http, mail, secrets, allowPrivateOrigins };
  return {
    store,
    jobs: {
      ...createJobRecords(store),
      ...createBatchRecords({ store, priceOf }),
      ...createBatchStep({ store, defaultModel }),
      ...createReconcile({ store, notifiers, now: () => Date.now() }),
      ...createSweepContents({ store, days: settings.LODESTONE_ARTIFACT_DAYS }),
      runWebhook: createRunWebhook({ store, http, secrets, allowPrivateOrigins }),
      runRender: createRunRender({ store, http, pdfPrinter: createChromiumPdfPrinter(chromium) }),
      deliver: createDeliver(delivering),
      redeliver: createRedeliver(delivering),
    },
    llm: {
      runAi: createRunAi({ store, askOnce, defaultModel }),
      ...createRunBatchPartition(batches),
      runBatchEconomy: createRunBatchEconomy(batches),
      stopBatchItems: createStopBatchItems(batches),
      ...createLateAnswers(batches),
    },
    browser: {
      runComputerUse: createRunComputerUse({
        store,
        askOnce,
        computers: seams.computers(computers),
        defaultModel,
        secrets,
        allowPrivateOrigins,
      }),
    },
    sweepBrowsers: () => sweepHosts(hostsFolder),
    endUnneededBrowsers: () => endUnneededHosts(hostsFolder, (key) => isSessionOver(store, key)),
  };
}
