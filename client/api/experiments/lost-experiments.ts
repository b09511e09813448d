/**
 * Ends experiments that Temporal does not run any more: its data was lost, or somebody terminated the workflow. Nothing else would
 * end them. A workflow that has ended by itself has ended its experiment before, so no end is overwritten.
 */
import type { Logger } from 'pino';
import type { Stores } from '../../../store/store.ts';
import type { ExperimentFailure, ExperimentPhase } from '../../../workflows/contract/experiments/experiment.ts';
import type { ExperimentTemporal } from './experiment-temporal.ts';

/** Each is a request to Temporal; the next round goes on with the next ones. */
const mostInARound = 50;
/** One this young is being started. */
const youngestMilliseconds = 60_000;

export interface LostExperiments {
  /** One round. Throws `TemporalUnreachable`: nothing is known then. */
  end(now: Date): Promise<void>;
}

export function createLostExperiments(
  stores: Stores,
  experiments: Pick<ExperimentTemporal, 'isRunning'>,
  log: Logger,
): LostExperiments {
  let after = '';
  return {
    async end(now) {
      const before = new Date(now.getTime() - youngestMilliseconds);
      const underWay = await stores.acrossTenants.experimentsHandedOver({ before, after, limit: mostInARound });
      after = underWay.length < mostInARound ? '' : (underWay.at(-1)?.id ?? '');
      for (const { tenant, id } of underWay) {
        if (await experiments.isRunning(tenant, id)) continue;
        const store = stores.forTenant(tenant);
        const phase = (await store.experiments.find(id))?.phase ?? 'dispatch';
        const ended = await store.experiments.end({ experimentId: id, tenant, failure: lostIn(phase) }, now);
        log.warn({ experimentId: id, state: ended }, 'Temporal does not run an experiment any more');
      }
    },
  };
}

function lostIn(phase: ExperimentPhase): ExperimentFailure {
  const message = 'Temporal does not run it any more: its data was lost, or somebody terminated it; run it again';
  return { phase, type: 'installation', message, line: null };
}
