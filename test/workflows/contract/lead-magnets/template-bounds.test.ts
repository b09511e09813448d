import { describe, expect, it } from 'vitest';
import { fillTemplate, templateNames } from '../../../../workflows/contract/lead-magnets/template.ts';

const list = Array.from({ length: 1000 }, (_, index) => ({ index }));

describe('a template is refused at once, with what is wrong, for', () => {
  it.each([
    ['a tag of spaces', `{{a${' '.repeat(90_000)}b}}`, 'a tag has more than 300 characters: {{a'],
    ['a tag that nothing closes', `{{a${' '.repeat(90_000)}`, 'a tag has more than 300 characters: {{a'],
    ['sections in sections', `${'{{#a}}'.repeat(5000)}${'{{/a}}'.repeat(5000)}`, 'nested more than 20 deep'],
    ['tags without number', '{{a}}'.repeat(20_000), 'has more than 5000 tags'],
    ['other delimiters', `{{=<% %>=}}<%a${' '.repeat(90_000)}b%>`, 'other delimiters than {{ and }}'],
  ])('%s', (_what, template, problem) => {
    expect(templateNames(template).problem).toContain(problem);
    expect(() => fillTemplate(template, {}, 'text')).toThrow(problem);
  });
});

describe('filling a template ends at once with a sentence where it', () => {
  it('repeats a list in itself', () => {
    const template = '{{#list}}{{#list}}{{#list}}x{{/list}}{{/list}}{{/list}}';
    expect(() => fillTemplate(template, { list }, 'text')).toThrow('takes more than 200000 steps with this data');
  });

  it('repeats a section that writes nothing', () => {
    const template = '{{#list}}{{#list}}{{#list}}{{/list}}{{/list}}{{/list}}';
    expect(() => fillTemplate(template, { list }, 'text')).toThrow('takes more than 200000 steps with this data');
  });

  it('writes a large value again and again', () => {
    expect(() => fillTemplate('{{text}}{{{text}}}'.repeat(1000), { text: 'x'.repeat(100_000) }, 'text')).toThrow(
      'makes more than 5000000 characters of this data',
    );
  });
});

it('a template over a long list is filled as ever', () => {
  expect(fillTemplate('{{#list}}{{index}},{{/list}}{{nothing}}', { list }, 'text')).toHaveLength(3890);
});
