/** The tables of versions of limits: the versions, which of them are in force, what was proposed, and who did what. */
import type { Generated } from 'kysely';

export interface LimitsTables {
  /** Never changed. */
  limits_versions: {
    number: number;
    made_at: string;
    made_by: string;
    why: string;
    /** The version that it changes. */
    parent: number;
    /** What it changes of the built-in table, by kind, as JSON. */
    overrides: string;
  };
  /** One row. */
  limits_rollout: {
    id: number;
    stable: number;
    /** The version that some of the new jobs get, while it is tried. */
    candidate: number | null;
    /** Of new jobs, that get the candidate. */
    percent: number;
    /** Of the hash that chooses those jobs: random for each trial; null without one. */
    salt: string | null;
    began_at: string | null;
    /** When a change last took effect, or was taken back. */
    changed_at: string | null;
    /** Grows with every change: a late writer, which has read an earlier one, changes nothing. */
    revision: number;
  };
  limits_proposals: {
    number: Generated<number>;
    made_at: string;
    state: string;
    /** The version that was stable, which it would change. */
    base: number;
    overrides: string;
    why: string;
    evidence: string;
    /** Null for one that asks nobody. */
    expires_at: string | null;
    decided_at: string | null;
    decided_by: string | null;
    note: string | null;
    /** The version that it became. */
    version: number | null;
  };
  /** Only appended to. */
  limits_audit: {
    sequence: Generated<number>;
    at: string;
    who: string;
    action: string;
    version: number | null;
    proposal: number | null;
    why: string;
    /** As JSON. */
    evidence: string | null;
  };
}
