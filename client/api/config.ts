/** The API process's settings, from its environment. No other file here reads it. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { conversationLimits } from '../../store/tools/conversations.ts';
import { checkToolLimits, toolSettings } from '../../workflows/contract/tools/settings.ts';
import { readSettings, sharedSettings, switchSetting } from '../../workflows/contract/settings.ts';
import { readAddressRanges } from './http/visitor.ts';

const addressRangesSetting = z
  .string()
  .default('')
  .transform((text, context) => {
    try {
      return readAddressRanges(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });

const listSetting = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  );

const hostsSetting = listSetting.pipe(
  z.array(
    z.string().regex(/^(?!.*\.\.)[a-z0-9_][a-z0-9._-]*$/i, 'each must be a name without a port, as in api.example.com'),
  ),
);

const foldersSetting = listSetting.pipe(
  z.array(z.string().refine((folder) => isAbsolute(folder), { error: 'each must be an absolute path' })),
);

export const ApiSettingsSchema = z
  .object({
    ...sharedSettings,
    ...toolSettings,
    LODESTONE_API_HOST: z.string().min(1).default('127.0.0.1').describe('Address that the API listens on.'),
    LODESTONE_API_PORT: z.coerce
      .number()
      .int()
      .min(0)
      .max(65_535)
      .default(8700)
      .describe('Port of the API and its pages.'),
    LODESTONE_API_METRICS_ADDRESS: z
      .string()
      .regex(
        /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:]+\]):\d{1,5}$/i,
        'must be an address with its port, as in 127.0.0.1:9470',
      )
      .optional()
      .describe(
        'Where Prometheus reads the API, as in 127.0.0.1:9470. npm start takes the sixth port after LODESTONE_METRICS_ADDRESS when it is empty.',
      ),
    LODESTONE_PUBLIC_URL: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Address under which people reach the API.'),
    LODESTONE_ALLOWED_HOSTS: hostsSetting.describe(
      'Other names under which the API is reached, comma-separated; requests under any other name are refused. When empty: only those of this machine and of LODESTONE_PUBLIC_URL.',
    ),
    LODESTONE_REMOTE_MCP: switchSetting
      .prefault('off')
      .describe(
        'on: /mcp serves everybody who reaches the API, also through a proxy. There are no keys yet: let a proxy ask for one. off: programs on this machine.',
      ),
    LODESTONE_TRUSTED_PROXIES: addressRangesSetting.describe(
      'Proxies whose X-Forwarded-For is believed, as addresses or ranges, comma-separated, as in 10.0.0.0/8. When empty: nobody.',
    ),
    LODESTONE_TEMPORAL_UI_URL: z
      .url({ protocol: /^https?$/ })
      .default('http://127.0.0.1:8233')
      .describe("Address of Temporal's Web UI, for links."),
    LODESTONE_PROVIDER_WEBHOOK_SECRET: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/, 'take it as the provider shows it: whsec_ and base64')
      .optional()
      .describe(
        'Secret (whsec_…) of the webhook at OpenAI that tells /v1/provider-events of ended responses. When empty: no events.',
      ),
    LODESTONE_FILE_ROOTS: foldersSetting.describe(
      'Folders below which tools may read files by path on this machine, comma-separated, absolute. When empty: no file.',
    ),
    LODESTONE_FILE_MEBIBYTES: z.coerce.number().min(0.1).max(100).default(5).describe('Largest file of a tool.'),
    LODESTONE_FILES_MEBIBYTES: z.coerce
      .number()
      .min(0.1)
      .max(conversationLimits.fileBytes / 2 ** 20)
      .default(20)
      .describe('All files of one call of a tool together.'),
    LODESTONE_AI_QUEUE: z
      .enum(['jobs', 'llm'])
      .default('jobs')
      .describe(
        'Who runs AI steps: the workers of jobs, the fastest way, or those of llm, which alone need the key then.',
      ),
  })
  .superRefine(checkToolLimits);
export type ApiSettings = z.infer<typeof ApiSettingsSchema>;

export function readApiSettings(environment: Readonly<Record<string, string | undefined>> = process.env): ApiSettings {
  return readSettings(ApiSettingsSchema, environment);
}
