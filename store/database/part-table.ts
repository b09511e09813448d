/** The table of the installation's parts, as whoever keeps them up knows them; none where nobody does. */
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
