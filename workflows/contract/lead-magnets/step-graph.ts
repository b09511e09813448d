/** The steps as a graph by `needs`: unknown ids, cycles, and the upstream steps of a step. */
import type { Step } from './lead-magnet.ts';

/** The part of a step that the graph uses. */
export type GraphStep = Pick<Step, 'id' | 'needs' | 'onFailure'>;

/** What each id needs. An id that is used twice, which is an error of its own, needs what either step does. */
function needsById(steps: readonly GraphStep[]): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, readonly string[]>();
  for (const step of steps) needs.set(step.id, [...(needs.get(step.id) ?? []), ...step.needs]);
  return needs;
}

/** All direct and indirect dependencies of a step. */
export function upstreamOf(steps: readonly GraphStep[], id: string): ReadonlySet<string> {
  const needs = needsById(steps);
  const found = new Set<string>();
  const visit = (current: string): void => {
    for (const need of needs.get(current) ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      visit(need);
    }
  };
  visit(id);
  return found;
}

/** The steps that run only in place of another one. */
export function fallbackIds(steps: readonly GraphStep[]): ReadonlySet<string> {
  return new Set(steps.flatMap((step) => (typeof step.onFailure === 'object' ? [step.onFailure.fallback] : [])));
}

/** A cycle of ids, with its first id repeated at the end, or undefined. */
export function findCycle(steps: readonly GraphStep[]): readonly string[] | undefined {
  const needs = needsById(steps);
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): readonly string[] | undefined => {
    const at = path.indexOf(id);
    if (at !== -1) return [...path.slice(at), id];
    if (done.has(id)) return undefined;
    for (const need of needs.get(id) ?? []) {
      const cycle = visit(need, [...path, id]);
      if (cycle !== undefined) return cycle;
    }
    done.add(id);
    return undefined;
  };
  for (const step of steps) {
    const cycle = visit(step.id, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
