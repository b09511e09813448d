import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../../demo/model-server/brains/brain.ts';
import { createDemoBrain } from '../../../../demo/model-server/brains/demo-brain.ts';
import { ScriptedBrain } from '../../../../demo/model-server/brains/scripted-brain.ts';
import { textBrain } from '../../../../demo/model-server/brains/text-brain.ts';
import { clickThere, textAnswer, turnOf } from '../harness.ts';

const look = {
  business: 'Harbour Cycles',
  prices: [
    { service: 'Full service', price: '€189' },
    { service: 'Puncture repair', price: '€25' },
  ],
  contact: { phone: '+49 40 1234', email: 'hello@harbour.example' },
  problems: [{ page: '/booking', description: 'The booking button does nothing.', severity: 'high' }],
};
const sent = [
  `=== form submission ===\n${JSON.stringify({ email: 'ada@visitor.example', website: 'https://harbour.example' })}`,
  `=== step look ===\n${JSON.stringify({ output: look }, null, 2)}`,
];

async function answerTo(texts: readonly string[], outputSchema: JsonSchema | null): Promise<string> {
  const answer = await textBrain.answer(turnOf({ texts, allTexts: texts, outputSchema }));
  return answer.kind === 'text' ? answer.text : answer.kind;
}

describe('the text brain', () => {
  it('fills a schema from the outputs of the steps before', async () => {
    const outputSchema = {
      type: 'object',
      required: ['summary', 'priceList', 'contactEmail', 'issues', 'problemCount'],
      properties: {
        summary: { type: 'string' },
        priceList: {
          type: 'array',
          items: {
            type: 'object',
            required: ['service', 'price'],
            properties: { service: { type: 'string' }, price: { type: 'number' } },
          },
        },
        contactEmail: { type: 'string', format: 'email' },
        issues: {
          type: 'array',
          items: {
            type: 'object',
            required: ['description', 'severity'],
            properties: { description: { type: 'string' }, severity: { enum: ['low', 'medium', 'high'] } },
          },
        },
        problemCount: { type: 'integer' },
      },
    };
    const answer: unknown = JSON.parse(await answerTo(sent, outputSchema));
    expect(answer).toMatchObject({
      priceList: [
        { service: 'Full service', price: 189 },
        { service: 'Puncture repair', price: 25 },
      ],
      contactEmail: 'hello@harbour.example',
      issues: [{ description: 'The booking button does nothing.', severity: 'high' }],
      problemCount: 1,
    });
    expect(answer).toHaveProperty(
      'summary',
      expect.stringContaining('Business: Harbour Cycles. Prices: Full service: €189; Puncture repair: €25.'),
    );
    expect(new Ajv({ formats: { email: /@/ } }).validate(outputSchema, answer)).toBe(true);
  });

  it('says without a schema what it was sent', async () => {
    const text = await answerTo(sent, null);
    for (const fact of ['step look', 'Full service', '€189', 'The booking button does nothing.']) {
      expect(text).toContain(fact);
    }
  });

  it('answers other data otherwise, and no data with what was said', async () => {
    const schema = { type: 'object', properties: { business: { type: 'string' } }, required: ['business'] };
    expect(await answerTo(['Here: {"business":"Bakery"} and so on'], schema)).toBe('{"business":"Bakery"}');
    expect(await answerTo(['Just a question?'], null)).toContain('Just a question?');
  });

  it('finds data in what was sent before, when only a complaint follows', async () => {
    const answer = await textBrain.answer(
      turnOf({ texts: ['That does not fit.'], allTexts: [...sent, 'That does not fit.'], outputSchema: null }),
    );
    expect(answer.kind === 'text' && answer.text).toContain('Harbour Cycles');
  });
});

describe('the demo brain', () => {
  it('asks the computer brain when there is a computer, and later in the same chain', async () => {
    const computer = new ScriptedBrain([clickThere, textAnswer('Seen.')]);
    const brain = createDemoBrain(computer);
    const first = await brain.answer(turnOf({ computerTool: 'ga' }));
    const second = await brain.answer(turnOf({ computerTool: null, memory: first.memory }));
    expect(second).toMatchObject({ kind: 'text', text: 'Seen.' });
    expect(computer.turns.map(({ memory }) => memory)).toEqual([undefined, 'clicked']);
  });

  it('asks the text brain otherwise', async () => {
    const computer = new ScriptedBrain([]);
    const answer = await createDemoBrain(computer).answer(turnOf({ texts: sent, allTexts: sent }));
    expect(answer.kind).toBe('text');
    expect(computer.turns).toEqual([]);
  });
});
