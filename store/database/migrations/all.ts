/**
 * All migrations by name, in order. Each runs once, forward only, and is never changed after a release: a change of the
 * tables is a new migration with the next number.
 */
import type { Migration } from 'kysely/migration';
import { firstTables } from './0001-first-tables.ts';
import { recoveryLevel } from './0002-recovery-level.ts';
import { batchTerms } from './0003-batch-terms.ts';
import { keptContents } from './0004-kept-contents.ts';
import { tenants } from './0005-tenants.ts';
import { sharedKeys } from './0006-shared-keys.ts';
import { searchedColumns } from './0007-searched-columns.ts';
import { contentHolds } from './0008-content-holds.ts';
import { tools } from './0009-tools.ts';
import { toolFiles } from './0010-tool-files.ts';
import { wholeChanges } from './0011-whole-changes.ts';
import { keptContentTenants } from './0012-kept-content-tenants.ts';
import { ledgerAttempts } from './0013-ledger-attempts.ts';
import { toolFileImages } from './0014-tool-file-images.ts';
import { toolAnswerers } from './0015-tool-answerers.ts';
import { toolWork } from './0016-tool-work.ts';
import { toolWorkPauses } from './0017-tool-work-pauses.ts';
import { experiments } from './0018-experiments.ts';
import { workerBeats } from './0019-worker-beats.ts';
import { unendedExperiments } from './0020-unended-experiments.ts';
import { runs } from './0021-runs.ts';
import { limitsVersions } from './0022-limits-versions.ts';
import { audits } from './0023-audits.ts';
import { keptAnswers } from './0024-kept-answers.ts';
import { runRollups } from './0025-run-rollups.ts';

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-recovery-level': recoveryLevel,
  '0003-batch-terms': batchTerms,
  '0004-kept-contents': keptContents,
  '0005-tenants': tenants,
  '0006-shared-keys': sharedKeys,
  '0007-searched-columns': searchedColumns,
  '0008-content-holds': contentHolds,
  '0009-tools': tools,
  '0010-tool-files': toolFiles,
  '0011-whole-changes': wholeChanges,
  '0012-kept-content-tenants': keptContentTenants,
  '0013-ledger-attempts': ledgerAttempts,
  '0014-tool-file-images': toolFileImages,
  '0015-tool-answerers': toolAnswerers,
  '0016-tool-work': toolWork,
  '0017-tool-work-pauses': toolWorkPauses,
  '0018-experiments': experiments,
  '0019-worker-beats': workerBeats,
  '0020-unended-experiments': unendedExperiments,
  '0021-runs': runs,
  '0022-limits-versions': limitsVersions,
  '0023-audits': audits,
  '0024-kept-answers': keptAnswers,
  '0025-run-rollups': runRollups,
};
