/** What a spreadsheet would run, whatever its separator is, and what it would not. */
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { harmless } from '../../../../client/api/rows/harmless-text.ts';

const attack = '=cmd|/c calc!A0';
/** A line of results.csv as a spreadsheet reads it that takes no notice of quotes within a cell. */
function cellsOf(text: string, separator: string): string[] {
  const line = `0,succeeded,"${harmless(text, 'comma').replaceAll('"', '""')}",1\n`;
  const records: string[][] = parse(line, { delimiter: separator, relax_quotes: true, relax_column_count: true });
  return records.flat();
}

describe('A15: a text within results.csv runs in no spreadsheet', () => {
  const hidden = [
    `x;${attack};y`,
    `x;-1+${attack.slice(1)};y`,
    `x; ${attack}`,
    `x;+${attack.slice(1)}`,
    `x;@SUM(A1)`,
    `x|=1+1`,
    `x\t=1+1`,
    `a\n${attack}`,
    `a\r\n-${attack.slice(1)}`,
    `a\n- b\n-HYPERLINK("http://a.example")`,
    `a;＝1+1`,
    `\n=1`,
  ];
  it.each(hidden)('behind the separator of another one: %j', (text) => {
    for (const separator of [';', '\t', '|']) {
      for (const cell of cellsOf(text, separator)) expect(cell.trim()).not.toMatch(/^(?:[=@＝＠]|[+-].*[(!|])/);
    }
  });

  it('nor behind a quote, which doubled ends before the formula begins', () => {
    expect(harmless(`x;"${attack}"`, 'comma')).toBe(`x;"'${attack}"`);
    expect(harmless(`a\n"${attack}"`, 'comma')).toBe(`a\n"'${attack}"`);
  });

  it('nor at the beginning', () => {
    const beginnings = ['=1', '@a', '-b', '+b', '\t=1', '\r=1', ' =1', '＝1', '-1+2'];
    expect(beginnings.map((text) => harmless(text, 'comma')[0])).toEqual(beginnings.map(() => "'"));
  });

  it('nor in JSON', () => {
    expect(harmless(JSON.stringify({ a: `x;${attack}` }), 'comma')).toBe(`{"a":"x;'${attack}"}`);
    expect(harmless(JSON.stringify(['a', attack]), 'semicolon')).toBe(`["a","'${attack}"]`);
  });
});

describe('a text that runs nowhere stays as it is', () => {
  it.each([
    '-1,5',
    '+49 (0)30/123-45',
    'a, -b',
    'a, =b',
    'x = y; z != w',
    'a;b;c',
    '1;-5;+3',
    'Points:\n- one\n- two, or 3 - 4\n+ more',
    '[1,-2]',
    'mail@a.example; me@b.example',
  ])('with commas between columns: %j', (text) => {
    expect(harmless(text, 'comma')).toBe(text);
  });

  it('with the columns between which it stands quoted, not with others', () => {
    expect(harmless('a;=1', 'semicolon')).toBe('a;=1');
    expect(harmless('a,=1', 'semicolon')).toBe("a,'=1");
    expect(harmless('a, -b', 'semicolon')).toBe('a, -b');
  });

  it('and is looked through in time that grows with its length alone', () => {
    for (const part of ['\n', ' ', ';', '; -', ';"', '- (', '\n-(']) {
      const text = part.repeat(300_000);
      expect(harmless(text, 'comma').length).toBeGreaterThanOrEqual(text.length);
    }
  });
});
