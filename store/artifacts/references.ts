/** Which content is still needed: what names it, in all tables. Across tenants, because the same content is stored once. */
import type { NotNull } from 'kysely';
import type { Database } from '../database/database.ts';

/** Returns the hashes that something still needs. */
export async function neededContents(database: Database, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  if (hashes.length === 0) return new Set();
  const rows = await fileContents(database)
    .where('sha256', 'in', hashes)
    .union(olderContents(database).where('sha256', 'in', hashes))
    .union(checkpointContents(database).where('content_sha256', 'in', hashes))
    .union(outputContents(database).where('output_sha256', 'in', hashes))
    .union(toolContents(database).where('sha256', 'in', hashes))
    .union(experimentContents(database).where('sha256', 'in', hashes))
    .union(heldContents(database).where('sha256', 'in', hashes))
    .union(uploadedVideos(database).where('sha256', 'in', hashes))
    .union(keptAnswers(database).where('sha256', 'in', hashes))
    .execute();
  return new Set(rows.map(({ sha256 }) => sha256));
}

/** All hashes that something needs, in their order: some after the one given. */
export async function neededAfter(database: Database, after: string, limit: number): Promise<readonly string[]> {
  const rows = await fileContents(database)
    .where('sha256', '>', after)
    .union(olderContents(database).where('sha256', '>', after))
    .union(checkpointContents(database).where('content_sha256', '>', after))
    .union(outputContents(database).where('output_sha256', '>', after))
    .union(toolContents(database).where('sha256', '>', after))
    .union(experimentContents(database).where('sha256', '>', after))
    .union(heldContents(database).where('sha256', '>', after))
    .union(uploadedVideos(database).where('sha256', '>', after))
    .union(keptAnswers(database).where('sha256', '>', after))
    .orderBy('sha256')
    .limit(limit)
    .execute();
  return rows.map(({ sha256 }) => sha256);
}

/** Hashes in their order: those that begin with the prefix and come after the one given. */
export interface HashRange {
  readonly prefix: string;
  readonly after: string;
  readonly limit: number;
}

/** The hashes of files and outputs that people are shown: their content should be there. */
export async function shownContents(database: Database, range: HashRange): Promise<readonly string[]> {
  const from = range.after > range.prefix ? range.after : range.prefix;
  // No hexadecimal digit sorts after `g`.
  const end = `${range.prefix}g`;
  const rows = await fileContents(database)
    .where('sha256', '>', from)
    .where('sha256', '<', end)
    .union(outputContents(database).where('output_sha256', '>', from).where('output_sha256', '<', end))
    .union(experimentContents(database).where('sha256', '>', from).where('sha256', '<', end))
    .orderBy('sha256')
    .limit(range.limit)
    .execute();
  return rows.map(({ sha256 }) => sha256);
}

function fileContents(database: Database) {
  return database.selectFrom('artifacts').select('sha256').where('removed_after_days', 'is', null);
}

function toolContents(database: Database) {
  return database.selectFrom('tool_files').select('sha256');
}

function experimentContents(database: Database) {
  return database.selectFrom('experiment_files').select('sha256').where('removed_after_days', 'is', null);
}

function heldContents(database: Database) {
  return database.selectFrom('experiment_contents').select('sha256');
}

function uploadedVideos(database: Database) {
  return database.selectFrom('experiment_uploads').select('sha256');
}

function keptAnswers(database: Database) {
  return database.selectFrom('kept_answers').select('sha256');
}

function olderContents(database: Database) {
  return database.selectFrom('kept_contents').select('sha256');
}

function checkpointContents(database: Database) {
  return database
    .selectFrom('checkpoints')
    .select('content_sha256 as sha256')
    .where('content_sha256', 'is not', null)
    .$narrowType<{ sha256: NotNull }>();
}

function outputContents(database: Database) {
  return database
    .selectFrom('batch_items')
    .select('output_sha256 as sha256')
    .where('output_sha256', 'is not', null)
    .$narrowType<{ sha256: NotNull }>();
}
