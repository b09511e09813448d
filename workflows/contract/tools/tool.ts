/** What each tool is: its name and description for models, its schemas, its prompts, and whether it has an expert call. */
import type { z } from 'zod';
import type { JsonObject } from '../json/json.ts';
import type { SentFile } from './files.ts';
import type { InvestigationStep } from './investigation-step.ts';
import type { Seat } from './panel.ts';

/** What a call of a tool asks for, whatever the tool. */
export interface ToolInput {
  readonly continuation_id?: string | undefined;
  readonly model?: string | undefined;
  readonly expert_model?: string | undefined;
  readonly files?: readonly SentFile[] | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly use_web_search?: boolean | 'auto' | undefined;
  /** Of a tool that is asked. */
  readonly prompt?: string | undefined;
  /** Of a tool that investigates. */
  readonly investigation?: InvestigationStep | undefined;
  /** Of a tool that asks several models. */
  readonly panel?: readonly Seat[] | undefined;
  /** Of a tool that the worker answers. */
  readonly local?: 'models' | 'status' | undefined;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For models, which choose the tool by it. */
  readonly description: string;
  /** What the caller sends. */
  readonly input: z.ZodObject;
  /** Parses what the caller sends. Throws `z.ZodError` with a problem for each field that is wrong. */
  readonly read: (raw: unknown) => ToolInput;
  /** What the caller gets. */
  readonly output: z.ZodObject;
  /** The prompt of the tool's own turn. */
  readonly instructions: string;
  /** The prompt of the expert call; null for a tool without one. */
  readonly expertInstructions: string | null;
  /** A small call that is valid, and reaches the expert call where there is one. The smoke command makes it. */
  readonly sample: (of: SampleFacts) => JsonObject;
}

/** What a sample is made from. */
export interface SampleFacts {
  /** A model that can be asked. */
  readonly model: string;
  /** Different in each run, so that no answer of an earlier run is used again. */
  readonly mark: string;
}
