/** The tables of the rollups of runs: a summary for each hour and group, and how far they go. */
export interface RunRollupTables {
  run_rollups: {
    tenant: string;
    /** Counted from the epoch, by when the runs ended. */
    hour: number;
    /** Of the group, within its hour. */
    number: number;
    runs: number;
    /** A `RunSummary` with its distributions in buckets, as JSON. */
    summary: string;
  };
  /** One row. */
  run_rollup_state: {
    id: number;
    /** The hours before this one have their rollups; null before the first. */
    rolled_until: number | null;
    /** The hours before this one were rolled up a second time, with what was written late. */
    settled_until: number | null;
    /** Rows of runs that ended before this may have been removed: milliseconds since the epoch. */
    removed_until_ms: number;
  };
}
