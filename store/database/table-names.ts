/** The names of all tables, at run time; the compiler says when one is missing. */
import type { Tables } from './database.ts';

const names: Readonly<Record<keyof Tables, true>> = {
  alerts: true,
  approvals: true,
  artifacts: true,
  batch_items: true,
  batch_minutes: true,
  batch_partitions: true,
  batch_uploads: true,
  batch_waits: true,
  batches: true,
  checkpoints: true,
  computer_turns: true,
  content_holds: true,
  controls: true,
  deliveries: true,
  delivery_inputs: true,
  events: true,
  experiment_files: true,
  experiment_rounds: true,
  experiment_uploads: true,
  experiments: true,
  jobs: true,
  kept_contents: true,
  lead_magnets: true,
  ledger: true,
  model_calls: true,
  parts: true,
  person_actions: true,
  provider_batches: true,
  provider_events: true,
  rate_limiters: true,
  shared_keys: true,
  steps: true,
  submissions: true,
  switches: true,
  tool_conversations: true,
  tool_files: true,
  tool_requests: true,
  tool_work: true,
  upload_locks: true,
  worker_beats: true,
};

export function isStoreTable(name: string): boolean {
  return Object.hasOwn(names, name);
}
