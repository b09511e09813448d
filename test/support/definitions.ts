/** Definitions for tests: as small as they can be, and read like any other, so that defaults are filled in. */
import { readDefinition } from '../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { jobRevision, type LeadMagnetJobInput } from '../../workflows/contract/jobs/job.ts';
import type { LeadMagnet } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';

export const smallForm = {
  fields: [
    { id: 'email', type: 'email', label: 'E-mail', required: true },
    { id: 'website', type: 'url', label: 'Website' },
  ],
};

/** A lead magnet made of the given parts. Throws with all problems when they do not fit. */
export function leadMagnet(parts: JsonObject): LeadMagnet {
  const reading = readDefinition({ slug: 'test', name: 'Test', form: smallForm, ...parts });
  if (reading.leadMagnet !== null) return reading.leadMagnet;
  throw new Error(reading.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}

export function aiStep(id: string, parts: JsonObject = {}): JsonObject {
  return { id, kind: 'ai', instructions: `do ${id}`, ...parts };
}

/** What a job of a lead magnet made of the given parts is started with. */
export function jobInput(parts: JsonObject): LeadMagnetJobInput {
  return {
    tenant: 'default',
    version: 1,
    definition: leadMagnet(parts),
    form: { email: 'a@b.example' },
    submittedAt: new Date().toISOString(),
    jobUrl: null,
    revision: jobRevision,
  };
}

/** A step that thinks of rows, and one that asks about each of them, for `steps` of a lead magnet. */
export const rowsStep = aiStep('leads', {
  output: { schema: { type: 'object', properties: { rows: { type: 'array' } } } },
});
export const batchStep = {
  id: 'enrich',
  kind: 'batch',
  needs: ['leads'],
  items: '{{steps.leads.output.rows}}',
  prompt: 'Enrich {{item.name}}',
};

/** A schema that refers to itself: each level of an answer doubles the steps that a check takes. */
export const doublingSchema: JsonObject = {
  $ref: '#/$defs/list',
  $defs: {
    list: {
      anyOf: [
        { type: 'array', items: { $ref: '#/$defs/list' } },
        { type: 'array', items: { $ref: '#/$defs/list' } },
        { type: 'null' },
      ],
    },
  },
};
