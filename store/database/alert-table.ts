/** The table of alerts: a row for each that stands, none for one that is over. */
export interface AlertTable {
  alerts: { key: string; type: string; batch_id: string | null; message: string; since: string };
}
