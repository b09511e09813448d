/** Checks a tool step when a definition is saved: the tool exists, and its input fits wherever no template stands. */
import { z } from 'zod';
import { isJsonObject, type JsonValue } from '../json/json.ts';
import { findTool, tools } from '../tools/catalogue.ts';
import type { ToolStep } from './lead-magnet.ts';
import { valueProblems, type Shape, type textProblems } from './template-scope.ts';

export function toolStepProblems(step: ToolStep, path: string, scope: Shape): ReturnType<typeof textProblems> {
  const tool = findTool(step.tool);
  if (tool === undefined) {
    const known = tools.map(({ name }) => name).join(', ');
    return [{ path: `${path}.tool`, message: `there is no tool ${step.tool}; known: ${known}` }];
  }
  if (Object.hasOwn(step.input, 'paths')) {
    return [{ path: `${path}.input.paths`, message: 'a step reads no files by path: send their text in files' }];
  }
  const inputPath = `${path}.input`;
  return [...valueProblems(step.input, inputPath, scope), ...fixedProblems(step, tool.read, inputPath)];
}

/** The problems of the input, apart from values that a template gives. */
function fixedProblems(
  { input }: ToolStep,
  read: (raw: unknown) => unknown,
  path: string,
): ReturnType<typeof textProblems> {
  try {
    read(input);
    return [];
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return error.issues
      .filter((issue) => !isTemplated(input, issue.path))
      .map((issue) => ({ path: [path, ...issue.path.map(String)].join('.'), message: issue.message }));
  }
}

/** Whether the value at a path, or one around it, is a text with a template. */
function isTemplated(value: JsonValue, path: readonly PropertyKey[]): boolean {
  if (typeof value === 'string') return value.includes('{{');
  const [first, ...rest] = path;
  if (first === undefined) return false;
  const below = Array.isArray(value)
    ? value[Number(first)]
    : isJsonObject(value) && Object.hasOwn(value, String(first))
      ? value[String(first)]
      : undefined;
  return below !== undefined && isTemplated(below, rest);
}

/** The output of a tool step. */
export function toolOutputShape(): Shape {
  const value: Shape = { kind: 'value' };
  return {
    kind: 'object',
    parts: {
      text: value,
      requestId: value,
      outcome: value,
      seconds: value,
      continuationId: value,
      result: { kind: 'unknown' },
    },
  };
}
