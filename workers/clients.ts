/** The clients that all tenants' activities share: of the model provider, of mail and HTTP, of browsers. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { EconomyDependencies } from '../activities/batches/economy/economy-ports.ts';
import type { BatchDependencies } from '../activities/batches/ports.ts';
import { createLatestLimits } from '../activities/batches/reported-limits.ts';
import { createComputerHosts, removeHost, startWarmHost } from '../activities/computer-use/host/hosts.ts';
import { WarmPool } from '../activities/computer-use/host/warm/pool.ts';
import { createIdleness, roomOf } from '../activities/computer-use/host/warm/room.ts';
import type { DeliveryDependencies } from '../activities/deliveries/deliver.ts';
import { createSmtpMail } from '../activities/deliveries/smtp-mail.ts';
import { diskUseOf } from '../activities/experiments/watch.ts';
import { createGuardedHttp } from '../activities/http/guarded-fetch.ts';
import { createOpenAiBatches } from '../activities/llm/openai-batches.ts';
import { createOpenAiModel } from '../activities/llm/openai-model.ts';
import type { PaidCallDependencies } from '../activities/llm/paid-call.ts';
import { endpointsOf } from '../activities/llm/providers/endpoints.ts';
import { createProviders } from '../activities/llm/providers/provider-list.ts';
import { createRoutedModel, type Providers } from '../activities/llm/providers/routing.ts';
import { createProviderEventLookup } from '../activities/llm/provider-event-lookup.ts';
import type { ComputerHosts, Model, PdfPrinter } from '../activities/ports.ts';
import { createChromiumPdfPrinter } from '../activities/render/chromium-pdf.ts';
import type { Secrets } from '../activities/secrets.ts';
import type { ToolDependencies } from '../activities/tools/run-tool.ts';
import { toolChoicesOf } from '../workflows/contract/tools/settings.ts';
import type { ProviderEvents } from '../store/platform/provider-events.ts';
import type { Store } from '../store/store.ts';
import { SettingsProblem } from '../workflows/contract/settings.ts';
import { chromiumSettings } from './chromium.ts';
import type { WorkerSettings } from './config.ts';
import { sandboxesOf, type WorkerSandboxes } from './sandboxes.ts';

/** Where something is put between the parts and the world: the chaos suite's worker kills itself there. */
export interface Seams {
  readonly store: (store: Store) => Store;
  readonly model: (model: Model) => Model;
  readonly computers: (computers: ComputerHosts) => ComputerHosts;
}

export const seamless: Seams = {
  store: (store) => store,
  model: (model) => model,
  computers: (computers) => computers,
};

export interface Clients {
  readonly seamOfStore: Seams['store'];
  readonly askingOnce: Omit<PaidCallDependencies, 'ledger'>;
  readonly batches: Omit<EconomyDependencies & BatchDependencies, 'store' | 'onItem'>;
  readonly computers: ComputerHosts;
  readonly defaultModel: string;
  readonly toolSettings: Pick<ToolDependencies, 'expertModel' | 'pricedModels' | 'toolChoices' | 'locale'>;
  /** How long later calls can continue a conversation with tools. */
  readonly conversationHours: number;
  readonly delivering: Omit<DeliveryDependencies, 'store'>;
  readonly hostsFolder: string;
  readonly warmBrowsers: WarmPool;
  /** Ends the browsers that wait, and waits for those that were told to end. */
  readonly closeBrowsers: () => Promise<void>;
  readonly providers: Providers;
  readonly fallbackModels: readonly string[];
  readonly pdfPrinter: PdfPrinter;
  readonly sandboxes: WorkerSandboxes;
  /** Of the disk with the data folder. */
  readonly freeBytes: () => Promise<number>;
  /** Ends what is kept for later use. */
  readonly close: () => void;
}

export function createClients(
  settings: WorkerSettings,
  { secrets, providerEvents, seams }: { secrets: Secrets; providerEvents: ProviderEvents; seams: Seams },
): Clients {
  const allowPrivateOrigins = settings.LODESTONE_ALLOW_PRIVATE_ORIGINS;
  const chromium = chromiumSettings(settings);
  const http = createGuardedHttp({ allowPrivateOrigins });
  const limits = createLatestLimits();
  const openAi = {
    // Without a key the worker still serves all other steps; those that need it are told so by the provider.
    apiKey: settings.OPENAI_API_KEY ?? 'not-set',
    baseUrl: settings.OPENAI_BASE_URL,
    prices: settings.LODESTONE_PRICES,
    connections: settings.LODESTONE_CONNECTIONS,
  };
  const host = new URL(settings.OPENAI_BASE_URL ?? 'https://api.openai.com').host;
  const openAiModel = createOpenAiModel({
    ...openAi,
    background: settings.LODESTONE_BACKGROUND_RESPONSES,
    onLimits: (name, headers) => limits.put(`${host}/${name}`, headers),
  });
  const providers = createProviders({
    endpoints: endpointsOf(settings.LODESTONE_ENDPOINTS, settings),
    prices: settings.LODESTONE_PRICES,
    openAi: { model: openAiModel, host, hasKey: settings.OPENAI_API_KEY !== undefined },
    onLimits: limits.put,
  });
  for (const name of settings.LODESTONE_FALLBACK_MODELS) {
    const problem = providers.problemOf(name);
    if (problem !== null) throw new SettingsProblem(`LODESTONE_FALLBACK_MODELS: ${problem}`);
  }
  const model = createRoutedModel(providers, openAiModel);
  const sleep = (milliseconds: number, signal: AbortSignal) => delay(milliseconds, undefined, { signal });
  const eventLookup = createProviderEventLookup(providerEvents, openAiModel);
  const batches = {
    model,
    eventLookup,
    batchApi: createOpenAiBatches(openAi),
    limiterKey: (name: string) => providers.limiterKey(name),
    batchProblemOf: (name: string) => providers.batchProblemOf(name),
    priceOf: providers.priceOf.bind(providers),
    takeLimits: limits.take,
    now: () => Date.now(),
    random: () => Math.random(),
    sleep,
  };
  const askingOnce = {
    model: seams.model(model),
    eventLookup,
    sleep,
    wasCancelled: () => Context.current().cancellationDetails?.cancelRequested === true,
  };
  const mail = createSmtpMail({
    url: settings.LODESTONE_SMTP_URL,
    from: settings.LODESTONE_MAIL_FROM,
    connections: settings.LODESTONE_CONNECTIONS,
  });
  const hostsFolder = join(settings.LODESTONE_DATA_DIR, 'browsers');
  const hostsSettings = {
    hostsFolder,
    codeFolder: join(settings.LODESTONE_DATA_DIR, 'browser-code'),
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
  };
  const warmBrowsers = new WarmPool({
    size: settings.LODESTONE_WARM_BROWSERS,
    start: (display) => startWarmHost(hostsSettings, display),
    remove: (name) => removeHost(hostsFolder, name),
    room: () => roomOf(settings.LODESTONE_BROWSERS),
    isIdle: createIdleness(),
  });
  const computers = createComputerHosts(hostsSettings, warmBrowsers);
  const sandboxes = sandboxesOf(settings);
  return {
    seamOfStore: seams.store,
    askingOnce,
    batches,
    computers: seams.computers(computers),
    defaultModel: settings.LODESTONE_MODEL,
    toolSettings: {
      expertModel: settings.LODESTONE_EXPERT_MODEL ?? settings.LODESTONE_MODEL,
      pricedModels: Object.keys(settings.LODESTONE_PRICES),
      toolChoices: toolChoicesOf(settings),
      locale: settings.LODESTONE_LOCALE ?? null,
    },
    conversationHours: settings.LODESTONE_TOOL_CONVERSATION_HOURS,
    delivering: { http, mail, secrets, allowPrivateOrigins },
    hostsFolder,
    warmBrowsers,
    closeBrowsers: async () => {
      await Promise.all([warmBrowsers.close(), computers.settled()]);
    },
    providers,
    fallbackModels: settings.LODESTONE_FALLBACK_MODELS,
    pdfPrinter: createChromiumPdfPrinter(chromium),
    sandboxes,
    close: () => {
      sandboxes.close();
      mail.close();
    },
    freeBytes: async () => (await diskUseOf(settings.LODESTONE_DATA_DIR)).freeBytes,
  };
}
