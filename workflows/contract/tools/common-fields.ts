/** Fields of every tool that asks a model. */
import { z } from 'zod';
import { fileFields } from './files.ts';

export const commonFields = {
  ...fileFields,
  continuation_id: z
    .string()
    .regex(/^conversation_[0-9a-f]{24}$/, 'must be the continuation_id of an earlier answer')
    .optional()
    .describe('continues a conversation: the continuation_id of an earlier answer, of this tool or another'),
  model: z.string().min(1).max(200).optional().describe('the model to ask; the configured one when left out'),
  use_web_search: z
    .union([z.boolean(), z.literal('auto')])
    .default('auto')
    .describe('true: the web is searched; false: it is not; auto: the tool searches when it needs to'),
};
