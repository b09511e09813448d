/** The table of alerts: one row for each standing alert. */
export interface AlertTable {
  alerts: { key: string; type: string; batch_id: string | null; message: string; since: string };
}
