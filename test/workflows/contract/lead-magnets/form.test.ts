import { describe, expect, it } from 'vitest';
import { FormSchema, readSubmission, type Form } from '../../../../workflows/contract/lead-magnets/form.ts';

const form = FormSchema.parse({
  fields: [
    { id: 'name', type: 'text', label: 'Name', required: true, maxLength: 5 },
    { id: 'email', type: 'email', label: 'E-mail' },
    { id: 'site', type: 'url', label: 'Site' },
    { id: 'count', type: 'number', label: 'Count' },
    { id: 'size', type: 'select', label: 'Size', options: ['S', 'M'] },
    { id: 'code', type: 'text', label: 'Code', pattern: '[A-Z]{3}' },
    { id: 'agree', type: 'checkbox', label: 'Agree', required: true },
  ],
});

describe('A15: a submission', () => {
  it('gets an error for characters that no text may have, and for digits that a number would lose', () => {
    const raw = { name: 'A\0', code: 'AB\uD83D', count: '9007199254740993', agree: true };
    expect(readSubmission(form, raw).problems).toEqual([
      { field: 'name', message: 'has a NUL character; remove it' },
      { field: 'count', message: 'has more digits than a number keeps (beyond 2^53)' },
      { field: 'code', message: expect.stringContaining('half of a character') },
    ]);
  });

  it('is read into typed values, and empty optional fields are left out', () => {
    const raw = {
      name: ' Ann ',
      email: '',
      site: 'https://a.example',
      count: '3',
      size: 'M',
      code: 'ABC',
      agree: 'on',
    };
    expect(readSubmission(form, raw)).toEqual({
      values: { name: 'Ann', site: 'https://a.example', count: 3, size: 'M', code: 'ABC', agree: true },
      problems: [],
    });
  });

  it('gets one problem for every field that is wrong', () => {
    const raw = { name: 'Annette', email: 'x', site: 'ftp://a', count: 'many', size: 'XL', code: 'abc', other: '1' };
    const { problems } = readSubmission(form, raw);
    expect(problems.map(({ field }) => field)).toEqual([
      'other',
      'name',
      'email',
      'site',
      'count',
      'size',
      'code',
      'agree',
    ]);
  });

  it('is judged at once by a pattern on which a backtracking engine would stand still for minutes', () => {
    const hostile = formOf('^(a+)+$');
    const { problems } = readSubmission(hostile, { code: `${'a'.repeat(45)}!` });
    expect(problems).toEqual([{ field: 'code', message: 'does not have the form that is asked for' }]);
    expect(readSubmission(hostile, { code: 'aaa' }).problems).toEqual([]);
  });

  it('fits a pattern as a whole, with letters of any script', () => {
    const names = formOf(String.raw`\p{Lu}[\p{L} '-]+`);
    expect(readSubmission(names, { code: 'Åsa Öberg' }).problems).toEqual([]);
    expect(readSubmission(names, { code: 'Åsa Öberg 2' }).problems).toHaveLength(1);
    expect(readSubmission(formOf('a|b'), { code: 'ax' }).problems).toHaveLength(1);
  });

  it('gets an error about its form where a form of old has a pattern that cannot be checked', () => {
    const { problems } = readSubmission(formOf('(?=.*[0-9]).+'), { code: 'abc1' });
    expect(problems[0]?.message).toMatch(/^cannot be checked, the owner of the form has to mend it: its pattern looks/);
  });
});

function formOf(pattern: string): Form {
  return FormSchema.parse({ fields: [{ id: 'code', type: 'text', label: 'Code', pattern }] });
}
