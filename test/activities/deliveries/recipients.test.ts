import { describe, expect, it } from 'vitest';
import { recipientsProblem } from '../../../activities/deliveries/recipients.ts';

describe('the receivers of a mail', () => {
  it.each([
    ['{{form.email}}', 'ann@example.com'],
    ['{{form.email}}', 'änne@bücher.example'],
    ['{{form.email}}', 'Ann Smith <ann@example.com>'],
    ['{{form.first}}.{{form.last}}@example.com', 'ann.smith@example.com'],
    ['{{form.name}} <{{form.email}}>', 'Ann Smith <ann@example.com>'],
    ['{{form.email}}, sales@example.com', 'ann@example.com, sales@example.com'],
    ['one@example.com, two@example.com', 'one@example.com, two@example.com'],
  ])('%s may be filled in to %s', (template, filled) => {
    expect(recipientsProblem(template, filled)).toBeUndefined();
  });

  it.each([
    ['{{form.email}}', 'ann@example.com, spy@example.com'],
    ['{{form.email}}', 'ann@example.com; spy@example.com'],
    ['{{form.email}}', 'ann@example.com spy@example.com'],
    ['{{form.email}}', 'all: ann@example.com, spy@example.com;'],
    ['{{form.email}}', 'ann@example.com\r\nBcc: spy@example.com'],
    ['{{form.email}}', '"ann@example.com"@spy.example'],
    ['{{form.email}}', 'ann'],
    ['{{form.email}}', ''],
    ['{{form.email}}', `${'a'.repeat(6000)}@example.com`],
    ['{{form.name}} <sales@example.com>', '"a" <spy@example.com> ( <sales@example.com>'],
    ['{{form.name}} <sales@example.com>', 'x <spy@example.com>, <sales@example.com>'],
    ['{{form.name}} <sales@example.com>', 'spy@example.com <sales@example.com>'],
    ['{{form.email}}, sales@example.com', 'ann@example.com (, sales@example.com'],
    ['{{form.email}}, sales@example.com', 'ann@example.com, spy@example.com (, sales@example.com'],
    ['{{#people}}{{email}}, {{/people}}', 'ann@example.com, spy@example.com, '],
  ])('%s may not be filled in to %j', (template, filled) => {
    expect(recipientsProblem(template, filled)).toBeTypeOf('string');
  });
});
