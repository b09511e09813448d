/** What a batch step's templates may refer to, and what later steps may refer to in its output. */
import { batchItemStatuses } from '../batches/batch.ts';
import type { BatchStep } from './lead-magnet.ts';
import { objectOf, shapeAt, shapeOfSchema, textProblems, type Shape } from './template-scope.ts';
import { templateNames } from './template.ts';

/** The items must be an existing list, and the prompt may refer to the fields of its items. */
export function batchTemplates(step: BatchStep, path: string, scope: Shape): ReturnType<typeof textProblems> {
  const problems = textProblems(step.items, `${path}.items`, scope);
  if (problems.length > 0) return problems;
  const [name] = templateNames(step.items).names;
  const shape = name === undefined ? undefined : shapeAt(name.path, scope);
  if (shape?.kind === 'object' || shape?.kind === 'value')
    return [{ path: `${path}.items`, message: `${step.items.trim()} is not a list` }];
  const listed: Shape = shape?.kind === 'list' ? shape.item : { kind: 'unknown' };
  const item: Shape = listed.kind === 'object' || listed.kind === 'unknown' ? listed : objectOf(['value']);
  return textProblems(step.prompt, `${path}.prompt`, { kind: 'object', parts: { item } });
}

/** The output of a batch step. */
export function batchOutputShape(step: BatchStep): Shape {
  const output = step.output === undefined ? objectOf(['text']) : shapeOfSchema(step.output.schema);
  const result: Readonly<Record<string, Shape>> = {
    ...Object.fromEntries(['position', 'status'].map((name) => [name, { kind: 'value' }])),
    item: { kind: 'unknown' },
    output,
    error: objectOf(['type', 'message']),
  };
  return {
    kind: 'object',
    parts: {
      outcome: { kind: 'value' },
      batchId: { kind: 'value' },
      costUsd: { kind: 'value' },
      counts: objectOf(batchItemStatuses),
      results: { kind: 'list', item: { kind: 'object', parts: result } },
      resultsLeftOut: { kind: 'value' },
    },
  };
}
