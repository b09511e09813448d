/** Reads the rows of versions of limits. */
import type { Selectable } from 'kysely';
import { z } from 'zod';
import { versionedKinds, versionedLimits, type LimitsByKind } from '../../workflows/contract/limits/limits-version.ts';
import {
  LimitsAuditEntrySchema,
  LimitsByKindSchema,
  LimitsProposalSchema,
  LimitsRolloutSchema,
  LimitsVersionSchema,
  type LimitsAuditEntry,
  type LimitsProposal,
  type LimitsRollout,
  type LimitsVersion,
} from '../../workflows/contract/limits/limits-schema.ts';
import type { LimitsTables } from '../database/tables/limits-tables.ts';

export function readOverrides(text: string): LimitsByKind {
  return LimitsByKindSchema.parse(JSON.parse(text));
}

const LooseOverridesSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

/** Of a version that a later release may have made: what this release does not know is left out, with a warning. */
export function readKnownOverrides(version: number, text: string): LimitsByKind {
  const stored = LooseOverridesSchema.parse(JSON.parse(text));
  const known = versionedKinds.flatMap((kind) => {
    const entries = Object.entries(stored[kind] ?? {}).filter(([limit]) =>
      versionedLimits.some((one) => one === limit),
    );
    return entries.length === 0 ? [] : [[kind, Object.fromEntries(entries)]];
  });
  const overrides = LimitsByKindSchema.parse(Object.fromEntries(known));
  if (countOf(overrides) < countOf(stored)) {
    process.emitWarning(
      `version ${version} of limits has kinds or limits that this release does not know: ${text.slice(0, 500)}`,
    );
  }
  return overrides;
}

function countOf(byKind: object): number {
  return Object.values(byKind).reduce((count: number, limits: object) => count + Object.keys(limits).length, 0);
}

export function readVersion(row: LimitsTables['limits_versions']): LimitsVersion {
  return LimitsVersionSchema.parse({
    number: row.number,
    madeAt: row.made_at,
    madeBy: row.made_by,
    why: row.why,
    parent: row.parent,
    overrides: JSON.parse(row.overrides),
  });
}

export function readRollout(row: LimitsTables['limits_rollout']): LimitsRollout {
  return LimitsRolloutSchema.parse({
    stable: row.stable,
    candidate: row.candidate,
    percent: row.percent,
    beganAt: row.began_at,
    changedAt: row.changed_at,
    revision: row.revision,
  });
}

export function readProposal(row: Selectable<LimitsTables['limits_proposals']>): LimitsProposal {
  return LimitsProposalSchema.parse({
    number: row.number,
    madeAt: row.made_at,
    state: row.state,
    base: row.base,
    overrides: JSON.parse(row.overrides),
    why: row.why,
    evidence: JSON.parse(row.evidence),
    expiresAt: row.expires_at,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
    note: row.note,
    version: row.version,
  });
}

export function readAuditEntry(row: Selectable<LimitsTables['limits_audit']>): LimitsAuditEntry {
  const evidence: unknown = row.evidence === null ? null : JSON.parse(row.evidence);
  return LimitsAuditEntrySchema.parse({ ...row, evidence });
}
