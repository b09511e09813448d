/** The one composition root: the only place where the store and the clients are constructed and handed to activities. */
import { createSweepContents } from '../activities/artifacts/sweep-activity.ts';
import { createLateAnswers } from '../activities/batches/reconcile/late-answers-activity.ts';
import { createReconcile } from '../activities/batches/reconcile/reconcile-activity.ts';
import type { WarmPoolWatcher } from '../activities/computer-use/host/warm/pool.ts';
import { sweepHosts } from '../activities/computer-use/host/sweep.ts';
import { endUnneededHosts } from '../activities/computer-use/host/unneeded.ts';
import { isSessionOver } from '../activities/computer-use/session-key.ts';
import { createGpuLook } from '../activities/experiments/gpu-workers.ts';
import { createWatch } from '../activities/experiments/watch.ts';
import type { Secrets } from '../activities/secrets.ts';
import { createLimitsTuning } from '../activities/limits/limits-tuning.ts';
import { recommendFromRuns } from '../activities/limits/recommend.ts';
import { openStores, type Stores } from '../store/store.ts';
import type { Traces } from '../traces/traces.ts';
import type {
  ContentSweepActivities,
  LateAnswerActivities,
  ReconcileActivities,
} from '../workflows/contract/batches/reconcile.ts';
import type { ExperimentGpuActivities } from '../workflows/contract/experiments/experiment.ts';
import type { LimitsTuningActivities } from '../workflows/contract/limits/tuning.ts';
import { notifiersOf } from './alerting.ts';
import { createClients, seamless, type Seams } from './clients.ts';
import type { WorkerSettings } from './config.ts';
import { createActivities, type TenantActivities } from './tenant-activities.ts';
import { tracedClients } from './traced/traced-clients.ts';

export interface WorkerDependencies {
  readonly stores: Stores;
  readonly jobs: TenantActivities['jobs'] &
    ReconcileActivities &
    ContentSweepActivities &
    ExperimentGpuActivities &
    LimitsTuningActivities;
  readonly llm: TenantActivities['llm'] & LateAnswerActivities;
  readonly browser: TenantActivities['browser'];
  readonly sandbox: TenantActivities['sandbox'];
  /** Removes what browsers of dead workers left behind on this machine, and returns their names. */
  readonly sweepBrowsers: () => Promise<readonly string[]>;
  /** Ends browsers of this machine that were kept for steps which have ended since, and returns their names. */
  readonly endUnneededBrowsers: () => Promise<readonly string[]>;
  /** Starts to keep browsers warm for the next sessions, until it is closed. */
  readonly keepBrowsersWarm: (watcher: WarmPoolWatcher) => void;
  /** Starts what makes the first run of generated code as quick as the others. */
  readonly prepareSandboxes: () => void;
  /** Ends what waits for work, and closes the store. */
  readonly close: () => Promise<void>;
}

export async function createDependencies(
  settings: WorkerSettings,
  secrets: Secrets,
  { seams = seamless, traces = null }: { readonly seams?: Seams; readonly traces?: Traces | null } = {},
): Promise<WorkerDependencies> {
  const stores = await openStores({
    dataFolder: settings.LODESTONE_DATA_DIR,
    databaseUrl: settings.LODESTONE_DATABASE_URL,
  });
  const { providerEvents } = stores.acrossTenants;
  const untraced = createClients(settings, { secrets, providerEvents, seams });
  const clients = traces === null ? untraced : tracedClients(untraced, traces);
  const { batches, delivering, hostsFolder, sandboxes, warmBrowsers } = clients;
  const notifiers = notifiersOf(settings, { stores, mail: delivering.mail, http: delivering.http });
  const { jobs, llm, browser, sandbox } = createActivities(stores, clients);
  return {
    stores,
    jobs: {
      ...jobs,
      ...createReconcile({
        stores,
        notifiers,
        now: () => Date.now(),
        watch: createWatch({
          health: stores.acrossTenants.experimentHealth,
          dataFolder: settings.LODESTONE_DATA_DIR,
          waitMinutes: settings.LODESTONE_EXPERIMENT_WAIT_MINUTES,
          now: () => Date.now(),
        }),
      }),
      ...createLimitsTuning({
        limits: stores.acrossTenants.limits,
        mode: settings.LODESTONE_LIMITS_TUNING,
        coolDownSeconds: settings.LODESTONE_LIMITS_COOL_DOWN_HOURS * 3600,
        recommend: (now) => recommendFromRuns(stores.acrossTenants, now),
        now: () => new Date(),
      }),
      ...createGpuLook(stores.acrossTenants.workerBeats),
      ...createSweepContents({
        sweep: stores.acrossTenants.contentSweep,
        conversations: stores.acrossTenants.tools,
        runs: { upkeep: stores.acrossTenants.runUpkeep, days: settings.LODESTONE_RUN_DAYS },
        days: settings.LODESTONE_ARTIFACT_DAYS,
        experimentBytes: settings.LODESTONE_EXPERIMENT_GIB * 2 ** 30,
      }),
    },
    llm: { ...llm, ...createLateAnswers({ ...batches, stores }) },
    browser,
    sandbox,
    sweepBrowsers: () => sweepHosts(hostsFolder),
    endUnneededBrowsers: () => endUnneededHosts(hostsFolder, (key) => isSessionOver(stores, key)),
    keepBrowsersWarm: (watcher) => warmBrowsers.start(watcher),
    prepareSandboxes: sandboxes.prepare,
    close: async () => {
      clients.close();
      await clients.closeBrowsers();
      await stores.close();
    },
  };
}
