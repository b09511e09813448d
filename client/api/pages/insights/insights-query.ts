/** What the page of insights is asked for, by its address. */
import { z } from 'zod';
import { analysisGroupings } from '../../../../workflows/contract/insights/analysis.ts';
import { runKinds } from '../../../../workflows/contract/runs/run.ts';

export const windows = ['1h', '24h', '7d', '30d', '90d'] as const;
const hour = 3_600_000;
const windowMs: Readonly<Record<(typeof windows)[number], number>> = {
  '1h': hour,
  '24h': 24 * hour,
  '7d': 7 * 24 * hour,
  '30d': 30 * 24 * hour,
  '90d': 90 * 24 * hour,
};

const moment = z.coerce.number().int().min(0).max(8.64e15);
/** An empty field of a form asks for nothing. */
const filled = (text: unknown): unknown => (text === '' ? undefined : text);

export const InsightsQuerySchema = z.object({
  since: z.enum(windows).default('7d'),
  /** A part of the window, in milliseconds since the epoch: of a point of a plot. */
  from: moment.optional(),
  to: moment.optional(),
  /** A kind of work, as in `step ai`. */
  work: z.preprocess(filled, z.string().max(200).optional()),
  magnet: z.preprocess(filled, z.string().max(200).optional()),
  by: z.enum(analysisGroupings).default('kind'),
});
export type InsightsQuery = z.infer<typeof InsightsQuerySchema>;

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

export function windowOf({ since, from, to }: InsightsQuery, now: Date): Window {
  const toMs = now.getTime() + 1;
  if (from !== undefined && to !== undefined && from < to) return { fromMs: from, toMs: to };
  return { fromMs: Math.max(0, toMs - windowMs[since]), toMs };
}

const spans = 24;

/** The window in spans of equal length. */
export function spansOf({ fromMs, toMs }: Window): readonly Window[] {
  const at = (index: number): number => Math.round(fromMs + ((toMs - fromMs) * index) / spans);
  return Array.from({ length: spans }, (_, index) => ({ fromMs: at(index), toMs: at(index + 1) })).filter(
    (span) => span.fromMs < span.toMs,
  );
}

/** The address of the page with some of the query changed. */
export function addressOf(query: InsightsQuery, change: Partial<InsightsQuery>): string {
  const all = { ...query, ...change };
  const asked = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] satisfies [string, string]],
  );
  return `/insights?${new URLSearchParams(asked).toString()}`;
}

/** The kind and the work of `step ai`, or of `item`, whose work has its own name. */
export function workOf(text: string): { readonly kind: (typeof runKinds)[number]; readonly work: string } | null {
  const kind = runKinds.find((known) => text === known || text.startsWith(`${known} `));
  return kind === undefined ? null : { kind, work: text === kind ? kind : text.slice(kind.length + 1) };
}
