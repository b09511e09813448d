import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../workflows/contract/json/json.ts';
import { readDefinition } from '../../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { aiStep, leadMagnet, smallForm } from '../../../support/definitions.ts';

const calc = { id: 'calc', kind: 'code', language: 'python', source: 'def main(inputs):\n    return 1\n' };

function problems(parts: JsonObject, others: readonly JsonObject[] = [], rest: JsonObject = {}): readonly string[] {
  const steps = [{ ...calc, ...parts }, ...others];
  const reading = readDefinition({ slug: 'test', name: 'Test', form: smallForm, steps, ...rest });
  return reading.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('A13: a code step is checked on save:', () => {
  it('its limits are set, also where the author sets none', () => {
    expect(leadMagnet({ steps: [calc] }).steps).toMatchObject([
      { inputs: {}, sandbox: { seconds: 60, memoryMebibytes: 1024, fileMebibytes: 25 } },
    ]);
    const wide = { seconds: 901, memoryMebibytes: 4096, fileMebibytes: 1000, gpu: true };
    expect(problems({ sandbox: wide })).toEqual([
      expect.stringMatching(/sandbox.seconds/),
      expect.stringMatching(/sandbox.memoryMebibytes/),
      expect.stringMatching(/sandbox.fileMebibytes/),
      expect.stringMatching(/gpu/),
    ]);
    expect(problems({ source: 'x'.repeat(100_001) })).toEqual([expect.stringMatching(/steps\[0\].source/)]);
    expect(problems({ sandbox: { seconds: 60 }, limits: { attemptSeconds: 60 } })).toEqual([
      expect.stringMatching(/steps\[0\].sandbox.seconds: 60 is not below attemptSeconds 60/),
    ]);
  });

  it('its inputs name what exists, and no secret', () => {
    expect(problems({ inputs: { who: '{{form.email}}' } })).toEqual([]);
    expect(problems({ inputs: { who: '{{form.none}}', key: ['{{secret.crm}}'] } })).toEqual([
      expect.stringContaining('steps[0].inputs.who: {{form.none}} names nothing'),
      expect.stringContaining('steps[0].inputs.key.0: {{secret.crm}} names nothing'),
    ]);
  });

  it('its files exist, and are for Python alone', () => {
    const first = aiStep('first');
    expect(problems({ needs: ['first'], files: ['first.output.json'] }, [first])).toEqual([]);
    expect(problems({ files: ['first.output.json'] }, [first])).toEqual([expect.stringContaining('steps[0].files[0]')]);
    expect(problems({ language: 'javascript', needs: ['first'], files: ['first.output.json'] }, [first])).toEqual([
      expect.stringContaining('steps[0].files: JavaScript takes no files'),
    ]);
  });

  it('what it writes can be attached and given to later steps, though its names are not known yet', () => {
    const later = { ...calc, id: 'later', needs: ['calc'], files: ['calc.table.csv'] };
    const mail = { kind: 'email', to: '{{form.email}}', subject: 'x' };
    expect(problems({}, [later], { deliver: [{ ...mail, attach: ['calc.chart.png'] }] })).toEqual([]);
    expect(problems({}, [], { deliver: [{ ...mail, attach: ['other.chart.png'] }] })).toEqual([
      'deliver[0].attach[0]: no step makes other.chart.png; known: calc.<file>',
    ]);
  });
});
