import { describe, expect, it } from 'vitest';
import { FormSchema, readSubmission } from '../../../workflows/contract/form.ts';

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
});
