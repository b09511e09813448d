/** The workflows that a worker serves. */
export { leadMagnetJob } from './jobs/lead-magnet-job.ts';
export { llmBatch } from './batches/llm-batch.ts';
export { reconcile } from './batches/reconcile.ts';
export { toolRequest } from './tools/tool-request.ts';
export { redelivery } from './deliveries/redelivery.ts';
export { experiment } from './experiments/experiment.ts';
