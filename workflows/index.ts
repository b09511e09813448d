/** What a worker serves. */
export { leadMagnetJob } from './lead-magnet-job.ts';
export { llmBatch } from './llm-batch.ts';
export { reconcile } from './reconcile.ts';
export { redelivery } from './redelivery.ts';
