/** Whether a worker with a GPU is there: workers tell of themselves in the store, also while they are full. */
import type { WorkerBeats } from '../../store/platform/worker-beats.ts';
import type { ExperimentGpuActivities } from '../../workflows/contract/experiments/experiment.ts';

export function createGpuLook(beats: Pick<WorkerBeats, 'list'>): ExperimentGpuActivities {
  return {
    async hasGpuWorker() {
      const workers = await beats.list(new Date());
      return workers.some(({ queue }) => queue === 'sandbox-gpu');
    },
  };
}
