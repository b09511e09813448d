/** The settings of tools that the API and the workers share, and their check: a contradiction of limits is fatal at start. */
import { z } from 'zod';
import { findTool } from './catalogue.ts';
import { toolChoiceProblems, type ToolLimitChoices } from './limits.ts';

const mostSeconds = 86_400;
const seconds = z.coerce.number().min(1).max(mostSeconds).optional();

const toolName = z.string().refine((name) => findTool(name) !== undefined);

const perToolSetting = z
  .string()
  .default('{}')
  .transform((text, context) => {
    try {
      return z.record(toolName, z.number().min(0).max(mostSeconds)).parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON like {"debug":120}, with names of tools' });
      return z.NEVER;
    }
  });

export const toolSettings = {
  LODESTONE_TOOL_SECONDS: z.coerce
    .number()
    .min(0)
    .max(mostSeconds)
    .optional()
    .describe(
      "Limit of a tool's own turn; the limits of provider, expert call and request follow in proportion. When empty: 45. 600 suits slow models, 0 switches the caps off.",
    ),
  LODESTONE_TOOL_LIMITS: perToolSetting.describe('The same for single tools, as JSON like {"debug":120}.'),
  LODESTONE_TOOL_PROVIDER_SECONDS: seconds.describe(
    "Limit of one attempt at the provider within a tool. When empty: two thirds of the tool's limit.",
  ),
  LODESTONE_TOOL_STREAM_SECONDS: seconds.describe('The same where the answer is streamed. When empty: as above.'),
  LODESTONE_TOOL_STREAM_SILENCE_SECONDS: seconds.describe(
    'Longest time without an event of a streamed answer. When empty: the limit of the stream.',
  ),
  LODESTONE_TOOL_EXPERT_SECONDS: seconds.describe(
    "Limit of the expert call, from the tool's beginning. When empty: four thirds of the tool's limit.",
  ),
  LODESTONE_TOOL_REQUEST_SECONDS: seconds.describe(
    "Limit of a whole request, with its wait for a worker. When empty: one and a half times the tool's limit.",
  ),
  LODESTONE_TOOL_QUEUE_SECONDS: seconds.describe(
    'Longest wait for a worker. When empty: what the request leaves beside the tool and the clean-up.',
  ),
  LODESTONE_TOOL_CONVERSATION_HOURS: z.coerce
    .number()
    .min(1)
    .max(8760)
    .default(24)
    .describe('Hours after its last call in which a conversation with tools can be continued; then it is removed.'),
};

/** The settings by themselves, whose values may contradict each other. */
export const ToolSettingsSchema = z.object(toolSettings);
export type ToolSettings = z.infer<typeof ToolSettingsSchema>;

/** The setting behind each choice. */
export const toolSettingNames: Readonly<Record<keyof ToolLimitChoices, keyof ToolSettings>> = {
  toolSeconds: 'LODESTONE_TOOL_SECONDS',
  perTool: 'LODESTONE_TOOL_LIMITS',
  providerSeconds: 'LODESTONE_TOOL_PROVIDER_SECONDS',
  streamSeconds: 'LODESTONE_TOOL_STREAM_SECONDS',
  streamSilenceSeconds: 'LODESTONE_TOOL_STREAM_SILENCE_SECONDS',
  expertSeconds: 'LODESTONE_TOOL_EXPERT_SECONDS',
  requestSeconds: 'LODESTONE_TOOL_REQUEST_SECONDS',
  queueSeconds: 'LODESTONE_TOOL_QUEUE_SECONDS',
};

export function toolChoicesOf(settings: ToolSettings): ToolLimitChoices {
  return {
    toolSeconds: settings.LODESTONE_TOOL_SECONDS,
    perTool: settings.LODESTONE_TOOL_LIMITS,
    providerSeconds: settings.LODESTONE_TOOL_PROVIDER_SECONDS,
    streamSeconds: settings.LODESTONE_TOOL_STREAM_SECONDS,
    streamSilenceSeconds: settings.LODESTONE_TOOL_STREAM_SILENCE_SECONDS,
    expertSeconds: settings.LODESTONE_TOOL_EXPERT_SECONDS,
    requestSeconds: settings.LODESTONE_TOOL_REQUEST_SECONDS,
    queueSeconds: settings.LODESTONE_TOOL_QUEUE_SECONDS,
  };
}

/** For `superRefine` of a process's settings: every problem of the limits, and none is hidden by another. */
export function checkToolLimits(settings: ToolSettings, context: z.RefinementCtx): void {
  for (const message of toolChoiceProblems(toolChoicesOf(settings))) {
    context.addIssue({ code: 'custom', path: ['LODESTONE_TOOL_SECONDS'], message });
  }
}
