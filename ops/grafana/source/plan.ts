/** What a dashboard shows, before it is Grafana's: rows of panels, and what each asks Prometheus. */

export interface Panel {
  readonly title: string;
  /** One sentence for who reads the panel. */
  readonly told: string;
  /** A unit of Grafana. */
  readonly unit: 's' | 'percentunit' | 'short' | 'bytes' | 'currencyUSD' | 'ms';
  /** `map`: a histogram over time; its query gives buckets. */
  readonly form: 'lines' | 'map' | 'number';
  /** Queries by their legend. */
  readonly queries: Readonly<Record<string, string>>;
}

export interface Dashboard {
  /** Also the name of its file. */
  readonly uid: string;
  readonly title: string;
  readonly rows: Readonly<Record<string, readonly Panel[]>>;
}

/** The quantiles of a histogram, by legend; `of` selects, `by` are further labels of the legend. */
export function quantiles(metric: string, of = '', ...by: readonly string[]): Readonly<Record<string, string>> {
  const legend = by.map((label) => ` {{${label}}}`).join('');
  return Object.fromEntries(
    [0.5, 0.95, 0.99].map((share) => [
      `p${share * 100}${legend}`,
      `histogram_quantile(${share}, sum by (${['le', ...by].join(', ')}) (rate(${metric}_bucket${of}[$__rate_interval])))`,
    ]),
  );
}

/** How often something happened, a minute. */
export function aMinute(metric: string, of: string, ...by: readonly string[]): string {
  return `60 * sum by (${by.join(', ')}) (rate(${metric}${of}[$__rate_interval]))`;
}
