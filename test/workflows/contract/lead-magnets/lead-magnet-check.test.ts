import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../../../workflows/contract/json/json.ts';
import { readDefinition } from '../../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { leadMagnetJsonSchema } from '../../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { aiStep, smallForm } from '../../../support/definitions.ts';

function problems(parts: JsonObject): readonly string[] {
  const reading = readDefinition({ slug: 'test', name: 'Test', form: smallForm, ...parts });
  return reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

const look = { id: 'look', kind: 'computer_use', startUrl: '{{form.website}}', goal: 'look' };

describe('a definition is refused on save, with the path of every problem, for', () => {
  it('a circle of needs', () => {
    expect(problems({ steps: [aiStep('a', { needs: ['b'] }), aiStep('b', { needs: ['a'] })] })).toEqual([
      'steps: the steps need each other in a cycle: a → b → a',
    ]);
  });

  it('a circle of needs, also when one of its ids is used twice', () => {
    const steps = [aiStep('a', { needs: ['b'] }), aiStep('b', { needs: ['a'] }), aiStep('a')];
    expect(problems({ steps })).toContain('steps: the steps need each other in a cycle: a → b → a');
  });

  it('an id that does not exist, and one that is used twice', () => {
    const found = problems({ steps: [aiStep('a'), aiStep('a', { needs: ['nobody'] })] });
    expect(found).toContain('steps[1].needs[0]: there is no step nobody; known: a, a');
    expect(found).toContain('steps[1].id: the id a is used twice');
  });

  it('template paths that cannot exist: a field, a step that is not needed, a property outside the schema', () => {
    const schema = {
      type: 'object',
      properties: { prices: { type: 'array', items: { type: 'object', properties: { name: {} } } } },
    };
    const found = problems({
      steps: [
        { ...look, output: { schema } },
        aiStep('b', { instructions: '{{form.nme}} {{steps.look.output.prices}}' }),
        {
          id: 'c',
          kind: 'render',
          needs: ['look'],
          template:
            '{{#steps.look.output.prices}}{{name}} {{cost}}{{/steps.look.output.prices}}{{steps.look.output.price}}',
        },
      ],
    });
    expect(found).toEqual([
      'steps[1].instructions: {{form.nme}} names nothing that exists here; known: form, job, leadMagnet, steps',
      'steps[1].instructions: {{steps.look.output.prices}} names nothing that exists here; known: form, job, leadMagnet, steps',
      'steps[2].template: {{cost}} names nothing that exists here; known: name',
      'steps[2].template: {{steps.look.output.price}} names nothing that exists here; known: form, job, leadMagnet, steps',
    ]);
  });

  it('approvals that nobody could give in time, an origin that is none, a risk without a mark', () => {
    const step = { ...look, approvals: { expiresAfter: '2d', risky: [{ origin: 'shop' }] } };
    expect(problems({ totalSeconds: 7200, steps: [step] })).toEqual([
      "steps[0].approvals.expiresAfter: 2d is not below the job's totalSeconds 7200: the job would end first",
      'steps[0].approvals.risky[0].origin: shop is not an origin: write it as https://example.com',
    ]);
    expect(problems({ steps: [{ ...look, approvals: { expiresAfter: '1 day', risky: [{}] } }] })).toEqual([
      'steps[0].approvals.expiresAfter: write it as 90m, 24h or 7d',
      'steps[0].approvals.risky[0]: name an action, an origin or words',
    ]);
  });

  it('a secret that a visitor could have typed anywhere, or that would travel unencrypted', () => {
    const secrets = [
      { name: 'shop', origins: ['{{form.website}}', 'http://shop.example.com', 'https://*.com'] },
      { name: 'shop', origins: ['http://127.0.0.1:8080', 'https://*.example.com'] },
    ];
    expect(problems({ steps: [{ ...look, secrets }] })).toEqual([
      'steps[0].secrets[0].origins[0]: must not be a template: a visitor would choose where the secret is typed',
      'steps[0].secrets[0].origins[1]: http://shop.example.com would send the secret unencrypted: use https://',
      'steps[0].secrets[0].origins[2]: https://*.com would allow a whole top-level domain',
      'steps[0].secrets[1].name: the secret shop is bound twice',
    ]);
    const nowhere = problems({ steps: [{ ...look, secrets: [{ name: 'Shop', origins: [] }] }] });
    expect(nowhere).toEqual([
      expect.stringContaining('secrets[0].name'),
      expect.stringContaining('secrets[0].origins'),
    ]);
  });

  it('a template whose tags do not match', () => {
    expect(problems({ steps: [aiStep('a', { instructions: '{{#form.email}}' })] })[0]).toMatch(
      /^steps\[0\]\.instructions: Unclosed section/,
    );
  });

  it('a secret in a prompt, which would be sent to the model', () => {
    expect(problems({ steps: [aiStep('a', { instructions: '{{secret.crm}}' })] })).toHaveLength(1);
  });

  it('a cron schedule that is none', () => {
    const deliver = [{ kind: 'email', to: '{{form.email}}', subject: 'x', schedule: { cron: '99 9 * * *' } }];
    expect(problems({ steps: [aiStep('a')], deliver })[0]).toMatch(/^deliver\[0\]\.schedule: is not a cron schedule/);
  });

  it('limits that contradict each other or the budget', () => {
    expect(problems({ steps: [aiStep('a', { limits: { attemptSeconds: 100, totalSeconds: 50 } })] })).toEqual([
      'steps[0].limits: attemptSeconds 100 is above totalSeconds 50',
    ]);
    expect(problems({ steps: [{ ...look, budget: { seconds: 300 }, limits: { attemptSeconds: 300 } }] })).toEqual([
      "steps[0].limits: budget.seconds 300 is not below attemptSeconds 300: the attempt would end before the loop's own limit",
    ]);
    expect(problems({ steps: [aiStep('a', { limits: { heartbeatSeconds: 1 } })] })[0]).toContain('below 2 s');
  });

  it('A02: an environment that no driver is configured for', () => {
    expect(problems({ steps: [{ ...look, environment: 'windows' }] })).toEqual([
      'steps[0].environment: no driver for windows is configured; only browser can be driven',
    ]);
  });

  it('an attachment that no step makes', () => {
    const deliver = [{ kind: 'email', to: 'a@b.de', subject: 'x', attach: ['report.pdf'] }];
    expect(problems({ steps: [{ id: 'report', kind: 'render', template: 'x' }], deliver })).toEqual([
      'deliver[0].attach[0]: no step makes report.pdf; known: report.md, report.html',
    ]);
  });

  it('a field that the schema does not know, several at once', () => {
    const found = problems({ steps: [aiStep('a', { instrctions: 'x' })], colour: 'red' });
    expect(found.join('\n')).toContain('instrctions');
    expect(found.join('\n')).toContain('colour');
  });
});

describe('a definition', () => {
  it('A02: gets the published defaults of a computer-use step', () => {
    const { leadMagnet } = readDefinition({ slug: 't', name: 'T', form: smallForm, steps: [look] });
    expect(leadMagnet?.steps[0]).toMatchObject({
      display: { width: 1024, height: 768 },
      budget: { iterations: 100, seconds: 900 },
      environment: 'browser',
    });
  });

  it('is described by a JSON Schema for editors', () => {
    expect(leadMagnetJsonSchema()).toMatchObject({ type: 'object', properties: { steps: { type: 'array' } } });
  });
});

describe('P28: a batch step', () => {
  const schema = {
    type: 'object',
    properties: {
      title: { type: 'string' },
      rows: { type: 'array', items: { type: 'object', properties: { name: {} } } },
    },
  };
  const leads = aiStep('leads', { output: { schema } });
  const enrich = { id: 'enrich', kind: 'batch', items: '{{steps.leads.output.rows}}', prompt: 'x {{item.name}}' };

  it('takes the rows of a step upstream, as the example of the demo does', async () => {
    expect(problems({ steps: [leads, { ...enrich, needs: ['leads'] }] })).toEqual([]);
    const example = new URL('../../../../demo/lead-magnets/enrich-leads.yaml', import.meta.url);
    expect(readDefinition(parse(await readFile(example, 'utf8'))).problems).toEqual([]);
  });

  it('is refused on save when its items come from nowhere, or are no list', () => {
    const refused = (parts: JsonObject) => problems({ steps: [leads, { ...enrich, ...parts }] });
    expect(refused({})).toEqual([expect.stringMatching(/^steps\[1\]\.items: .* names nothing that exists here/)]);
    const needs = ['leads'];
    expect(refused({ needs, items: '{{steps.leads.output.title}}' })).toEqual([
      'steps[1].items: {{steps.leads.output.title}} is not a list',
    ]);
    expect(refused({ needs, items: 'rows' })).toEqual([expect.stringMatching(/^steps\[1\]\.items: name a list/)]);
    expect(refused({ needs, prompt: '{{item.nme}}' })).toEqual([expect.stringMatching(/^steps\[1\]\.prompt: /)]);
    expect(refused({ needs, prompt: '{{form.email}}' })).toEqual([expect.stringMatching(/^steps\[1\]\.prompt: /)]);
    expect(refused({ needs, parallel: 2000, cap: 0 })).toHaveLength(2);
  });
});
