/** The models that the model server knows, with the dates on which they are shut down. */
import { retiredModel, unknownModel } from './http/api-error.ts';

export interface ModelObject {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
  readonly shutdown_date: string | null;
}

const known: readonly ModelObject[] = [
  ['gpt-6.2-astra', null],
  ['gpt-6.1-sol', null],
  ['gpt-6.1-terra', null],
  ['gpt-6-astra', null],
  ['gpt-6-sol', null],
  ['gpt-6-luna', null],
  ['gpt-5.6-sol', null],
  ['gpt-5.6-terra', null],
  ['gpt-5.6-luna', null],
  ['gpt-5.5', null],
  ['gpt-5.4', null],
  ['gpt-5.4-mini', null],
  ['glm-5.2', null],
  ['kimi-k3', null],
  ['kimi-k2.6', null],
  ['computer-use-preview', '2026-07-23'],
].map(([id, shutdownDate]) => ({
  id: String(id),
  object: 'model',
  created: 1_741_377_021,
  owned_by: 'system',
  shutdown_date: shutdownDate ?? null,
}));

export function listModels(): readonly ModelObject[] {
  return known;
}

export function findModel(id: string): ModelObject {
  const model = known.find((candidate) => candidate.id === id);
  if (model === undefined) throw unknownModel(id);
  return model;
}

/** Throws for an unknown model, and for one that was shut down before `now`. */
export function checkModel(id: string, options: { readonly allowRetired: boolean; readonly now: Date }): void {
  const { shutdown_date: shutdownDate } = findModel(id);
  if (shutdownDate !== null && !options.allowRetired && new Date(shutdownDate) <= options.now) throw retiredModel(id);
}
