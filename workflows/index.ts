/** The workflows that a worker serves. */
export { leadMagnetJob } from './jobs/lead-magnet-job.ts';
export { llmBatch } from './batches/llm-batch.ts';
export { reconcile } from './batches/reconcile.ts';
export { toolRequest } from './tools/tool-request.ts';
export { redelivery } from './deliveries/redelivery.ts';
export { limitsTuning } from './limits-tuning/limits-tuning.ts';
export { limitsProposal } from './limits-tuning/limits-proposal.ts';
export { experiment } from './experiments/experiment.ts';
