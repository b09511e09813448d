/** Tables of what runs in an installation: its parts, as the process that supervises them writes, and its workers. */
export interface PartTable {
  parts: {
    name: string;
    state: string;
    restarts: number;
    last_death_at: string | null;
    last_death_reason: string | null;
    seen_at: string;
  };
  /** Written by each worker of itself. */
  worker_beats: {
    id: string;
    queue: string;
    slots: number;
    busy: number;
    started_at: string;
    seen_at: string;
    /** JSON; null from a worker of an older version. See `WorkerTold`. */
    told: string | null;
  };
}
