/** The records of an experiment that its workflow writes: each once, whatever is repeated. */
import { Context } from '@temporalio/activity';
import type { Store } from '../../store/store.ts';
import { isExperimentEnd, type ExperimentRecordActivities } from '../../workflows/contract/experiments/experiment.ts';
import { failure } from '../failure.ts';
import { measureExperimentEnd } from './metrics.ts';

export function createExperimentRecords({
  artifacts,
  experiments,
}: Pick<Store, 'artifacts' | 'experiments'>): ExperimentRecordActivities {
  return {
    async givenCode({ experimentId }) {
      const row = await experiments.find(experimentId);
      if (row?.spec.code === undefined) throw failure('step_definition', `experiment ${experimentId} has no code`);
      const code = await artifacts.putContent(Buffer.from(row.spec.code));
      await experiments.hold(experimentId, 1, 'code', code);
      return code;
    },
    endRound: (end) => experiments.endRound(end, new Date()),
    async endExperiment(end) {
      // A workflow without its experiment, as after a restored backup, ends too.
      const before = await experiments.find(end.experimentId);
      const state = (await experiments.end(end, new Date())) ?? 'failed';
      if (before !== null && !isExperimentEnd(before.state)) measureExperimentEnd(Context.current().metricMeter, state);
      return { state };
    },
  };
}
