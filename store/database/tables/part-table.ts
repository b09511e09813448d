/** The table of the installation's parts, written by the process that supervises them; empty when there is none. */
export interface PartTable {
  parts: {
    name: string;
    state: string;
    restarts: number;
    last_death_at: string | null;
    last_death_reason: string | null;
    seen_at: string;
  };
}
