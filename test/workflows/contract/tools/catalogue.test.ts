import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { tools } from '../../../../workflows/contract/tools/catalogue.ts';
import { isLastStep } from '../../../../workflows/contract/tools/investigation-step.ts';

const names = tools.map(({ name }) => name);

describe('T26: the catalogue of tools', () => {
  it('has all tools of the requirement, and four more', () => {
    expect(names.toSorted()).toEqual([
      'analyze',
      'challenge',
      'chat',
      'codereview',
      'consensus',
      'debug',
      'docgen',
      'list_models',
      'planner',
      'precommit',
      'refactor',
      'secaudit',
      'status',
      'testgen',
      'thinkdeep',
      'tracer',
    ]);
  });

  it('gives an expert call to the tools that investigate and to consensus alone', () => {
    const without = tools.filter(({ expertInstructions }) => expertInstructions === null).map(({ name }) => name);
    expect(without).toEqual(['chat', 'planner', 'docgen', 'tracer', 'challenge', 'list_models', 'status']);
  });

  it.each(tools)(
    'T17: has a sample of $name that is valid, ends the tool in one call and is new in each run',
    (tool) => {
      const [first, second] = ['one', 'two'].map((mark) => tool.sample({ model: 'm', mark }));
      const read = tool.read(first);
      expect(read.investigation === undefined || isLastStep(read.investigation)).toBe(true);
      expect(read.investigation?.confidence).not.toBe('certain');
      expect(JSON.stringify(first) === JSON.stringify(second)).toBe(read.local !== undefined);
    },
  );

  it.each(tools)(
    'describes $name with schemas that are JSON Schema, and refuses a field that it does not know',
    (tool) => {
      expect(z.toJSONSchema(tool.input, { io: 'input' })).toMatchObject({ type: 'object' });
      expect(z.toJSONSchema(tool.output)).toMatchObject({ type: 'object' });
      expect(tool.description.length).toBeGreaterThan(40);
      expect(() => tool.read({ unheard_of: 1 })).toThrow(/unheard_of/);
    },
  );
});
