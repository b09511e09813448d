/** What is seen of a file before it is sent is what its upload makes of it. */
import { describe, expect, it, test } from 'vitest';
import { previewRows } from '../../../../client/api/rows/preview.ts';
import { noRows, readRows, type RowSource } from '../../../../client/api/rows/read-rows.ts';
import { Reading, WrongRows } from '../../../../client/api/rows/reading.ts';
import type { RowFormat } from '../../../../client/api/rows/reading.ts';

const prompt = 'Greet {{item.name}} of {{item.town}}';

function source(text: string, format: RowFormat = 'csv'): RowSource {
  const body = (async function* () {
    yield Buffer.from(text);
  })();
  return { body, format };
}

async function uploadProblem(text: string, format: RowFormat): Promise<string | null> {
  try {
    const rows: unknown[] = [];
    for await (const item of readRows(source(text, format), prompt, new Reading())) rows.push(item);
    return rows.length === 0 ? `${noRows}.` : null;
  } catch (error) {
    if (!(error instanceof WrongRows)) throw error;
    const [first] = error.problems;
    return `${first?.path} ${first?.message}.`;
  }
}

describe('A15: the preview of a whole file shows the problem for which its upload is refused', () => {
  it.each<[string, string, RowFormat]>([
    ['none', 'name,town\nAda,London\n', 'csv'],
    ['blanks round the names of columns', ' name , town \nAda,London\n', 'csv'],
    ['a missing column', 'name;place\nAda;London\n', 'csv'],
    ['a column that is named twice', 'name,town, name\nAda,London,x\n', 'csv'],
    ['a row with a field too many', 'name,town\nAda,London\nZoë,Paris,France\n', 'csv'],
    ['a row with a field too few', 'name,town\nAda\n', 'csv'],
    ['a quote within a field', 'name,town\nAda "Ace",London\n', 'csv'],
    ['a text behind a quote', 'name,town\n"Ada"s,London\n', 'csv'],
    ['a quote that is never closed', 'name,town\nAda,London\n"Zoë,Paris\n', 'csv'],
    ['a NUL', 'name,town\nAda\0,London\n', 'csv'],
    ["Excel's line, and a wrong row behind the fifth", `sep=;\nname;town\n${'a;b\n'.repeat(20)}c\n`, 'csv'],
    ['no rows', 'name,town\n', 'csv'],
    ['nothing', '', 'csv'],
    ['a missing field', '{"name":"Ada","town":"London"}\n{"name":"Zoë"}\n', 'jsonl'],
    ['a field that is named twice', '{"name":"Ada","town":"London","town":"Paris"}\n', 'jsonl'],
    ['no JSON', '{"name":"Ada","town":"London"}\n{"na', 'jsonl'],
    ['lines that are right', '{"name":"Ada","town":"London"}\n\n', 'jsonl'],
  ])('%s', async (_what, text, format) => {
    const { problem } = await previewRows({ ...source(text, format), isCut: false }, prompt);
    expect(problem).toBe(await uploadProblem(text, format));
  });
});

test('columns have the names that the upload gives them', async () => {
  const { columns, rows, problem } = await previewRows(
    { ...source(' name , town\nAda, London\n'), isCut: false },
    prompt,
  );
  expect({ columns, rows, problem }).toEqual({ columns: ['name', 'town'], rows: [['Ada', ' London']], problem: null });
});

test.each<[RowFormat, string]>([
  ['csv', `name,town\n${'"Ada ""A""\nLovelace",London\n'.repeat(8)}`],
  ['csv', `name,town\r${'"Ada\nLovelace",London\r'.repeat(8)}`],
  ['jsonl', '{"name":"Ada","town":"London"}\n'.repeat(8)],
])('A15: a right file that is cut off anywhere has no problem (%s %j)', async (format, text) => {
  for (let length = 0; length <= text.length; length += 1) {
    const { problem } = await previewRows({ ...source(text.slice(0, length), format), isCut: true }, prompt);
    expect([length, problem]).toEqual([length, null]);
  }
});

test('the wrong rows of a beginning are reported, though the rest is missing', async () => {
  const beginning = { ...source(`name,town\na,b,c\n${'a,b\n'.repeat(90)}"a`), isCut: true };
  const { problem, rows } = await previewRows(beginning, prompt);
  expect(problem).toContain('line 2 has another number of fields than the header');
  expect(rows[0]).toEqual(['a', 'b', 'c']);
});

test('no more is looked at than the beginning, however much is sent', async () => {
  const { problem, rows } = await previewRows(
    { ...source(`name,town\n${'a,b\n'.repeat(100_000)}c\n`), isCut: false },
    prompt,
  );
  expect([problem, rows.length]).toEqual([null, 5]);
});
