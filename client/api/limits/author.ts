/** Who changes limits, as people name themselves to the audit log. */
import { z } from '@hono/zod-openapi';
import { tuningName } from '../../../workflows/contract/limits/tuning.ts';

/** As the audit log names what people do on the page of limits. */
export const pageName = 'the page of limits';
const reserved: ReadonlySet<string> = new Set([tuningName, pageName]);

/** Nobody is taken for a part of the product. */
export const AuthorSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((name) => !reserved.has(name.normalize('NFKC').toLowerCase()), 'the name is reserved for the product itself');
