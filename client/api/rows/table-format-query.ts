/** The format of a table, as query parameters, and as the answer that reports what was detected. */
import { z } from '@hono/zod-openapi';
import { delimiterNames, resultEncodings, textEncodings } from '../../../workflows/contract/batches/table-format.ts';
import type { Reading } from './reading.ts';

export const TableFormatQuery = z.object({
  delimiter: z.enum(delimiterNames).optional().describe('what stands between columns; detected when left out'),
  encoding: z.enum(textEncodings).optional().describe('detected when left out'),
});

export const ResultFormatQuery = z.object({
  delimiter: z.enum(delimiterNames).default('comma').describe('what stands between columns'),
  encoding: z
    .enum(resultEncodings)
    .default('utf-8')
    .describe('`utf-8-bom` has the mark by which Excel knows UTF-8; `utf-16le` has its mark too'),
});

export const ReadAsSchema = z
  .object({
    encoding: z.enum(textEncodings),
    delimiter: z.enum(delimiterNames).nullable().describe('null for JSON lines'),
    notes: z.array(z.string()).describe('what was guessed, or read otherwise than it stands in the file'),
  })
  .describe('how the rows were read; null when they were taken in before');

export function readAs(reading: Reading | null): z.infer<typeof ReadAsSchema> | null {
  if (reading === null) return null;
  const { encoding = 'utf-8', delimiter = null, notes } = reading;
  return { encoding, delimiter, notes: [...notes] };
}
