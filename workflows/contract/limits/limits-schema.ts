/** Schemas of versions of limits, for the edges: requests, rows, answers. */
import { z } from 'zod';
import { proposalStates } from './tuning.ts';
import { limitBounds, limitsAuthors, versionedKinds, versionedLimits, type VersionedKind } from './limits-version.ts';

const limit = z.int().min(1).max(10_000_000);

/** What a version changes of the table. */
export const LimitsByKindSchema = z
  .partialRecord(
    z.enum(versionedKinds),
    z.strictObject({
      attemptSeconds: limit.optional(),
      totalSeconds: limit.optional(),
      heartbeatSeconds: limit.optional(),
      attempts: limit.optional(),
    }),
  )
  .describe('what differs from the built-in table, by kind of work');

export const PinnedLimitsSchema = z.object({ version: z.int().min(1), overrides: LimitsByKindSchema });

const change = (kind: VersionedKind) => {
  const bounds = versionedLimits.map((name) => {
    const range = limitBounds[kind][name];
    return `${name} ${range === null ? 'cannot be set' : `${range[0]} to ${range[1]}`}`;
  });
  const value = limit.nullable().optional();
  return z
    .strictObject({ attemptSeconds: value, totalSeconds: value, heartbeatSeconds: value, attempts: value })
    .optional()
    .describe(bounds.join(', '));
};

/** A change of the version in force: a number sets a limit, null returns it to the table's. */
export const LimitsChangeSchema = z
  .strictObject({
    computer_use: change('computer_use'),
    ai: change('ai'),
    webhook: change('webhook'),
    render: change('render'),
    batch: change('batch'),
    tool: change('tool'),
    code: change('code'),
    delivery: change('delivery'),
  })
  .describe('a number sets a limit, null returns it to the built-in table');

export const LimitsVersionSchema = z.object({
  number: z.int(),
  madeAt: z.string(),
  madeBy: z.enum(limitsAuthors),
  why: z.string(),
  parent: z.int().describe('the version that it changes; 0 is the built-in table'),
  overrides: LimitsByKindSchema,
});
export type LimitsVersion = z.infer<typeof LimitsVersionSchema>;

export const LimitsRolloutSchema = z.object({
  stable: z.int().describe('the version of new jobs; 0 is the built-in table'),
  candidate: z.int().nullable().describe('the version that is being tried'),
  percent: z.int().describe('how many of 100 new jobs get the candidate'),
  beganAt: z.string().nullable().describe('when the candidate began to be tried'),
  changedAt: z.string().nullable().describe('when a change last took effect, or was taken back'),
  revision: z.int().describe('grows with every change of the roll-out'),
});
export type LimitsRollout = z.infer<typeof LimitsRolloutSchema>;

const EvidenceSchema = z.record(z.string(), z.unknown());

export const LimitsProposalSchema = z.object({
  number: z.int(),
  madeAt: z.string(),
  state: z.enum(proposalStates).describe('dry_run: recorded only; applied: tried without asking'),
  base: z.int().describe('the version that it changes'),
  overrides: LimitsByKindSchema,
  why: z.string(),
  evidence: EvidenceSchema.describe('the figures that it follows'),
  expiresAt: z.string().nullable(),
  decidedAt: z.string().nullable(),
  decidedBy: z.string().nullable(),
  note: z.string().nullable(),
  version: z.int().nullable().describe('the version that it became'),
});
export type LimitsProposal = z.infer<typeof LimitsProposalSchema>;

export const limitsActions = [
  'set',
  'proposed',
  'approved',
  'denied',
  'expired',
  'canary_started',
  'promoted',
  'rolled_back',
] as const;

export const LimitsAuditEntrySchema = z.object({
  sequence: z.int(),
  at: z.string(),
  who: z.string(),
  action: z.enum(limitsActions),
  version: z.int().nullable(),
  proposal: z.int().nullable(),
  why: z.string(),
  evidence: EvidenceSchema.nullable().describe(
    'the figures that it was decided by; of a roll-back by a person, `to` is the version that new jobs get; else null',
  ),
});
export type LimitsAuditEntry = z.infer<typeof LimitsAuditEntrySchema>;
