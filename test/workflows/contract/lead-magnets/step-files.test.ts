import { expect, it } from 'vitest';
import { readDefinition } from '../../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { aiStep } from '../../../support/definitions.ts';

const form = {
  fields: [
    { id: 'cv', type: 'file', label: 'CV' },
    { id: 'name', type: 'text', label: 'Name' },
  ],
};
const visit = { id: 'visit', kind: 'computer_use', startUrl: 'https://site.example', goal: 'go' };
const earlier = [
  { ...visit, id: 'fetch' },
  aiStep('answer'),
  { id: 'report', kind: 'render', template: 'x', pdf: true },
  aiStep('later', { needs: ['visit'] }),
];

function problems(files: unknown): readonly string[] {
  const upload = { ...visit, needs: ['fetch', 'answer', 'report'], files };
  const network = { navigate: ['https://site.example'] };
  const reading = readDefinition({ slug: 'a', name: 'A', form, network, steps: [...earlier, upload] });
  return reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

it('a step may offer files of the form, artifacts and outputs of steps upstream, and what such a step downloaded', () => {
  expect(problems(['form.cv', 'report.pdf', 'report.md', 'answer.output.json', 'fetch.downloads'])).toEqual([]);
});

it('what is no file, or comes from a step that is not upstream, is refused with its place and what there is', () => {
  const known =
    'known: form.cv, fetch.output.json, fetch.downloads, answer.output.json, report.output.json, report.md, report.html, report.pdf';
  expect(problems(['form.name', 'later.output.json', 'form.cv', 'form.cv'])).toEqual([
    `steps[4].files[0]: neither the form nor a step upstream has the file form.name; ${known}`,
    `steps[4].files[1]: neither the form nor a step upstream has the file later.output.json; ${known}`,
    'steps[4].files[3]: form.cv is named twice',
  ]);
});

it('the list is bounded, and a reference is no path', () => {
  expect(problems([])).toHaveLength(1);
  expect(problems(Array.from({ length: 21 }, () => 'form.cv'))).toHaveLength(1);
  expect(problems(['../x.pdf'])).toEqual([expect.stringContaining('steps[4].files[0]: write it as form.cv')]);
});
