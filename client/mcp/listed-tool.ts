/** Tools as the MCP server lists them. Their JSON Schemas are made once, because each HTTP request has a server of its own. */
import { z } from 'zod';
import type { Tool } from '../../workflows/contract/tools/tool.ts';
import { outputSchemaOf } from './result.ts';

export function listedTool(tool: Tool) {
  const { name, title, description } = tool;
  const config = {
    title,
    description,
    inputSchema: asSent(tool.input),
    outputSchema: withSchemaOf(outputSchemaOf(tool)),
    annotations: annotationsOf(tool),
  };
  return { name, tool, config };
}

/** The tools read and advise. They change nothing where their caller works. */
function annotationsOf({ title, input }: Tool) {
  return {
    title,
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: 'use_web_search' in input.shape,
  };
}

/** Lists the schema, and hands the input on as it was sent: the call itself checks it, and names each wrong field. */
function asSent(schema: z.ZodObject) {
  const listed = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
  return standard((value) => ({ value }), { ...listed });
}

/** Checks results as the schema does. */
function withSchemaOf(schema: z.ZodObject) {
  const listed = z.toJSONSchema(schema, { io: 'output', target: 'draft-2020-12' });
  return standard((value) => schema['~standard'].validate(value), { ...listed });
}

function standard<Result>(validate: (value: unknown) => Result, listed: Record<string, unknown>) {
  const jsonSchema = { input: () => listed, output: () => listed };
  return { '~standard': { version: 1 as const, vendor: 'lodestone', validate, jsonSchema } };
}
