/**
 * A lead magnet: the versioned definition that turns a form submission into a deliverable. This file defines what the
 * YAML may contain; `lead-magnet-check.ts` checks that its parts fit together.
 */
import { z } from 'zod';
import { batchModes } from '../batches/mode.ts';
import { promptTemplate } from '../batches/schema.ts';
import { durationPattern, durationSeconds } from '../duration.ts';
import { FormSchema } from './form.ts';
import { defaultJobSeconds } from '../limits/limits.ts';
import { CodeStepSchema } from './code-step.ts';
import { SecretBindingSchema } from './secret-binding.ts';
import { StepFilesSchema } from './step-files.ts';
import { bodyTemplate, common, modelName, OutputSchema, stepId, template } from './step-parts.ts';

const RiskSchema = z
  .strictObject({
    action: z
      .enum(['click', 'drag', 'move', 'scroll', 'keypress', 'type', 'choose_files'])
      .optional()
      .describe('any kind when left out; click is all that presses a control: a double click, Enter or Space too'),
    origin: z.string().max(500).optional().describe('where: https://example.com or https://*.example.com'),
    words: z
      .array(z.string().min(1).max(100))
      .min(1)
      .max(50)
      .optional()
      .describe('any of these on the control that the action is for, in capitals or not'),
  })
  .refine(({ action, origin, words }) => (action ?? origin ?? words) !== undefined, {
    error: 'name an action, an origin or words',
  })
  .describe('a risky action: an action that matches all given fields needs a person');

const ApprovalPolicySchema = z.strictObject({
  expiresAfter: z
    .string()
    .regex(durationPattern, 'write it as 90m, 24h or 7d')
    .optional()
    .describe('how long to wait for a person; 24h when left out'),
  risky: z.array(RiskSchema).max(50).optional().describe('actions that need a person'),
  acknowledge: z
    .array(z.string().min(1).max(100))
    .max(20)
    .optional()
    .describe("codes of the provider's safety checks that need no person; none when left out"),
});
export type ApprovalPolicy = z.infer<typeof ApprovalPolicySchema>;

const ComputerUseStepSchema = z.strictObject({
  ...common,
  kind: z.literal('computer_use'),
  startUrl: template,
  goal: template.min(1),
  model: modelName,
  tool: z.enum(['computer', 'computer_use_preview']).default('computer').describe("the form of OpenAI's tool"),
  display: z
    .strictObject({ width: z.int().min(100).max(4096), height: z.int().min(100).max(4096) })
    .default({ width: 1024, height: 768 }),
  environment: z.enum(['browser', 'mac', 'windows', 'ubuntu']).default('browser'),
  budget: z
    .strictObject({
      iterations: z.int().min(1).max(10_000).default(100),
      seconds: z.number().min(1).max(86_400).default(900).describe('active seconds, counted over all attempts'),
      usd: z.number().positive().max(10_000).optional(),
    })
    .prefault({}),
  // Optional without a default: the snapshots of jobs that were started before it existed do not have it.
  approvals: ApprovalPolicySchema.optional().describe('when a person is asked, and for how long'),
  // These are optional for the same reason.
  verify: z
    .boolean()
    .optional()
    .describe('a second model call checks the answer against the screens that were seen, and may send it back once'),
  secrets: z
    .array(SecretBindingSchema)
    .max(20)
    .optional()
    .describe('secrets that the model may type as {{secret:name}} without seeing them, and where'),
  files: StepFilesSchema.optional(),
  output: OutputSchema.optional(),
});
export type ComputerUseStep = z.infer<typeof ComputerUseStepSchema>;

const longestCacheSeconds = 30 * 86_400;
const AnswerCacheSchema = z
  .string()
  .regex(durationPattern, { error: 'write it as 90m, 24h or 7d', abort: true })
  .refine(
    (text) => durationSeconds(text) >= 60 && durationSeconds(text) <= longestCacheSeconds,
    'at least 1m and at most 30d',
  )
  .describe(
    'how long an answer is kept for the same request of another job, which then costs nothing; not kept when left out',
  );

const AiStepSchema = z.strictObject({
  ...common,
  kind: z.literal('ai'),
  instructions: template.min(1),
  model: modelName,
  reasoningEffort: z.enum(['none', 'low', 'medium', 'high', 'xhigh']).optional(),
  maxOutputTokens: z.int().min(16).max(1_000_000).optional(),
  // Optional without a default, as those of computer use.
  cache: AnswerCacheSchema.optional(),
  output: OutputSchema.optional(),
});
export type AiStep = z.infer<typeof AiStepSchema>;

const signingHelp =
  'signs by Standard Webhooks: {{secret.name}} is whsec_…, or the new and the old one and a space between';

const WebhookStepSchema = z.strictObject({
  ...common,
  kind: z.literal('webhook'),
  url: template.min(1),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  headers: z.record(z.string(), template).default({}),
  body: bodyTemplate.meta({ type: 'object' }).optional(),
  secret: template.optional().describe(signingHelp),
  timeoutSeconds: z.number().min(1).max(120).default(30),
});
export type WebhookStep = z.infer<typeof WebhookStepSchema>;

const RenderStepSchema = z.strictObject({
  ...common,
  kind: z.literal('render'),
  template: template
    .min(1)
    .describe(
      'Markdown with Mustache templates; <id>.md, <id>.html and <id>.pdf come out. {{value}} is text that keeps its lines and paragraphs; {{{value}}} is set as Markdown, sanitised, its headings below the one it stands under. ![words](artifact:look.screen-0001.png) shows a file of the job, ![words](https://…) a picture that is fetched when the report is made',
    ),
  pdf: z.boolean().default(false),
});
export type RenderStep = z.infer<typeof RenderStepSchema>;

const BatchStepSchema = z.strictObject({
  ...common,
  kind: z.literal('batch'),
  items: z
    .string()
    .regex(/^\s*\{\{\s*steps\.[\w.]+\s*\}\}\s*$/, 'name a list of an upstream output, as {{steps.leads.output.rows}}')
    .describe('the list: each object is an item; any other value becomes the item { value }'),
  prompt: promptTemplate.describe('Mustache: {{item.field}} names a field of the item'),
  model: modelName,
  maxOutputTokens: z.int().min(16).max(200_000).default(1024).describe('bounds what one call can cost'),
  output: OutputSchema.optional(),
  mode: z
    .enum(batchModes)
    .default('standard')
    .describe("`economy`: by the provider's batch API, at half price, within 24 hours"),
  parallel: z.int().min(1).max(1000).default(50).describe('items under way at once'),
  cap: z.number().positive().max(1_000_000).default(50).describe('US dollars, never exceeded; the batch ends there'),
  onItemFailure: z
    .enum(['continue', 'fail'])
    .default('continue')
    .describe('how the step ends when items have no answer; with none answered it fails in any case'),
});
export type BatchStep = z.infer<typeof BatchStepSchema>;

const ToolStepSchema = z.strictObject({
  ...common,
  kind: z.literal('tool'),
  tool: z.string().min(1).max(60).describe('an expert tool, as `lodestone tools list` names it'),
  input: bodyTemplate.meta({ type: 'object' }).describe('what the tool is asked; text in it may hold templates'),
});
export type ToolStep = z.infer<typeof ToolStepSchema>;

const StepSchema = z.discriminatedUnion('kind', [
  ComputerUseStepSchema,
  AiStepSchema,
  WebhookStepSchema,
  RenderStepSchema,
  BatchStepSchema,
  ToolStepSchema,
  CodeStepSchema,
]);
export type Step = z.infer<typeof StepSchema>;

const deliveryCommon = {
  id: stepId.optional().describe('the name of the delivery; its kind and position, like email_1, when left out'),
  schedule: z
    .strictObject({
      cron: z.string().min(1).max(100).describe('sent at the next time that matches, e.g. 0 9 * * 1-5'),
      timezone: z.string().min(1).max(60).default('UTC'),
    })
    .optional(),
};

export const EmailDeliverySchema = z.strictObject({
  ...deliveryCommon,
  kind: z.literal('email'),
  to: template.min(1),
  subject: template.min(1).max(500),
  text: template.optional(),
  markdown: template
    .optional()
    .describe('the body as Markdown, as in a render step: sent as HTML with its images, and `text` beside it'),
  attach: z.array(z.string().min(1).max(200)).max(20).default([]).describe('names of artifacts, like report.pdf'),
});
export type EmailDelivery = z.infer<typeof EmailDeliverySchema>;

const WebhookDeliverySchema = z.strictObject({
  ...deliveryCommon,
  kind: z.literal('webhook'),
  url: template.min(1),
  secret: template.optional().describe(signingHelp),
  headers: z.record(z.string(), template).default({}),
  timeoutSeconds: z.number().min(1).max(50).default(30),
});
export type WebhookDelivery = z.infer<typeof WebhookDeliverySchema>;

export const DeliverySchema = z.discriminatedUnion('kind', [EmailDeliverySchema, WebhookDeliverySchema]);
export type Delivery = z.infer<typeof DeliverySchema>;

export const LeadMagnetSchema = z.strictObject({
  slug: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'a slug is lower-case letters, digits and hyphens')
    .describe('the address of the form: /f/<slug>'),
  name: z.string().min(1).max(200),
  description: z.string().max(1000).optional(),
  // Optional without a default: the snapshots of jobs that were started before they existed do not have them.
  language: z
    .string()
    .max(35)
    .regex(/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i, 'write it as en, pt-BR or zh-Hant')
    .optional()
    .describe('of its reports and mails; en when left out'),
  logo: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .describe('address of a PNG, JPEG, GIF or WebP shown at the top of reports and mails'),
  form: FormSchema,
  network: z
    .strictObject({
      navigate: z
        .array(template)
        .max(200)
        .default([])
        .describe('origins that the browser may navigate to and steps may call'),
      load: z
        .enum(['public', 'listed'])
        .default('public')
        .describe('what pages may load: any public address, or only navigate'),
    })
    .prefault({}),
  steps: z.array(StepSchema).min(1).max(50),
  deliver: z.array(DeliverySchema).max(20).default([]),
  parallelSteps: z.int().min(1).max(20).default(4),
  totalSeconds: z
    .number()
    .min(60)
    .max(31_536_000)
    .default(defaultJobSeconds)
    .describe('the limit of all steps together, from when the first may start'),
});
export type LeadMagnet = z.infer<typeof LeadMagnetSchema>;

/** The JSON Schema for editors, published at `/schemas/lead-magnet.json`. */
export function leadMagnetJsonSchema(): unknown {
  return z.toJSONSchema(LeadMagnetSchema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' });
}
