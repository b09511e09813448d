/** Checks the fields of a form one by one, when a definition is saved. */
import { maximumLength, type Form, type FormField } from './form.ts';
import { patternProblem, stepsOf } from '../patterns/linear-pattern.ts';

/** Paths are relative to the lead magnet. */
export function fieldProblems({ fields }: Form): { readonly path: string; readonly message: string }[] {
  return fields.flatMap((field, index) => {
    const path = `form.fields[${index}]`;
    const choice = field.type === 'select' || field.type === 'radio';
    const problem = field.pattern === undefined ? undefined : fieldPatternProblem(field, field.pattern);
    return [
      ...(choice && field.options === undefined
        ? [{ path: `${path}.options`, message: 'is needed for a choice' }]
        : []),
      ...(problem === undefined ? [] : [{ path: `${path}.pattern`, message: problem }]),
    ];
  });
}

/** The steps that checking one value may take: one or two seconds. */
const mostStepsOfAValue = 20_000_000;

function fieldPatternProblem(field: FormField, pattern: string): string | undefined {
  const problem = patternProblem(pattern);
  if (problem !== undefined) return problem;
  const characters = maximumLength(field);
  if (stepsOf(pattern, characters) <= mostStepsOfAValue) return undefined;
  return `takes too long over ${characters} characters: repeat less in it, or set a smaller maxLength`;
}
