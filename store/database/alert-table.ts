/** The table of alerts: a row for each that stands, none for one that is over. */
export interface AlertTable {
  alerts: { key: string; type: string; batch_id: string | null; message: string; since: string };
}

export const alertStatements: readonly string[] = [
  `create table if not exists alerts (key text not null primary key, type text not null, batch_id text,
    message text not null, since text not null)`,
];
