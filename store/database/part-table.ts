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

export const partStatements: readonly string[] = [
  `create table if not exists parts (name text not null primary key, state text not null, restarts integer not null,
    last_death_at text, last_death_reason text, seen_at text not null)`,
];
