/** Hostile definitions: by their YAML, their patterns, or their templates. */
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { HostileInput } from './hostile-input.ts';

const path = '/v1/lead-magnets';
const long = ' '.repeat(90_000);

export function definitionInputs(step: JsonObject): readonly HostileInput[] {
  const yaml = (name: string, body: string, says: string, status = 422): HostileInput => ({
    name: `YAML: ${name}`,
    path,
    type: 'application/yaml',
    body,
    status,
    says,
  });
  const json = (name: string, parts: JsonObject, says: string): HostileInput => ({
    name: `a definition: ${name}`,
    path,
    type: 'application/json',
    body: JSON.stringify({ slug: 'hostile', name: 'Hostile', form: { fields: [field({})] }, steps: [step], ...parts }),
    status: 422,
    says,
  });
  const field = (parts: JsonObject): JsonObject => ({ id: 'code', type: 'text', label: 'Code', ...parts });
  const patterned = (pattern: string, parts: JsonObject = {}): JsonObject => ({
    form: { fields: [field({ pattern, ...parts })] },
  });
  const instructed = (instructions: string): JsonObject => ({ steps: [{ ...step, instructions }] });
  return [
    yaml('100,000 levels', '['.repeat(100_000), 'Maximum call stack', 400),
    yaml('a bomb of aliases', bomb(), 'Excessive alias count', 400),
    yaml(
      '60,000 keys',
      lines(60_000, (index) => `k${index}: v`),
      'Unrecognized keys',
    ),
    yaml(
      'a list of 100,000 values',
      lines(100_000, () => '- x'),
      'definition',
    ),
    json('looks ahead', patterned('^(?=.*[0-9]).+$'), 'form.fields[0].pattern: looks ahead or behind'),
    json('refers back', patterned(String.raw`(a)\1`), 'refers back to a group'),
    json('repeats repetitions', patterned('(?:(?:a{100}){100}){100}'), 'parts with its repetitions written out'),
    json('takes long over long texts', patterned('[a-z]{0,900}', { maxLength: 100_000 }), 'set a smaller maxLength'),
    json('a tag of spaces', instructed(`{{a${long}b}}`), 'a tag has more than 300 characters'),
    json('sections in sections', instructed(`${'{{#a}}'.repeat(8000)}${'{{/a}}'.repeat(8000)}`), 'more than 20 deep'),
    json(
      'names without number',
      {
        steps: Array.from({ length: 9 }, (_, index) => ({
          ...step,
          id: `s${index}`,
          instructions: lines(4000, (name) => `{{zz${index}x${name}}}`),
        })),
      },
      'more problems; fix these first',
    ),
  ];
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

function bomb(): string {
  const names = 'abcdefgh'.split('');
  return names
    .map(
      (name, index) =>
        `${name}: &${name} [${Array.from({ length: 9 }, () => (index === 0 ? 'x' : `*${names[index - 1]}`)).join(', ')}]`,
    )
    .join('\n');
}
