/** What the API's handlers need, handed in by whoever makes the app: the process, or a test. */
import type { Logger } from 'pino';
import type { Traces } from '../../traces/traces.ts';
import type { AcrossTenants } from '../../store/across-tenants.ts';
import type { BatchTemporal } from './batches/batch-temporal.ts';
import type { ExperimentTemporal } from './experiments/experiment-temporal.ts';
import type { LimitsTemporal } from './limits/limits-temporal.ts';
import type { FormTokens } from './embed/form-token.ts';
import type { ToolLimitChoices } from '../../workflows/contract/tools/limits.ts';
import type { FileLimits } from './tools/file-intake.ts';
import type { ToolTemporal } from './tools/tool-temporal.ts';
import type { SubmitDependencies } from './jobs/submit.ts';
import type { ApiMetrics } from './metrics/metrics.ts';
import type { AddressRange } from './http/visitor.ts';

export interface ApiDependencies extends SubmitDependencies {
  /** What belongs to the installation: its parts, its switches, what its provider tells. */
  readonly acrossTenants: AcrossTenants;
  readonly batches: BatchTemporal;
  readonly limits: LimitsTemporal;
  readonly experiments: ExperimentTemporal;
  readonly tools: ToolTemporal;
  readonly toolChoices: ToolLimitChoices;
  /** How long a conversation with tools can be continued. */
  readonly conversationHours: number;
  readonly fileLimits: FileLimits;
  /** Names of the API, for `Host`, beside that of `publicUrl` and those of this machine. */
  readonly allowedHosts: readonly string[];
  /** Whether `/mcp` also serves clients beyond this machine. */
  readonly remoteMcp: boolean;
  readonly metrics: ApiMetrics;
  /** Whether Prometheus can read them. */
  readonly apiExportsMetrics: boolean;
  readonly log: Logger;
  /** Null when they are off. */
  readonly traces: Traces | null;
  readonly formTokens: FormTokens;
  /** Proxies whose word on the visitor's address is taken. */
  readonly trustedProxies: readonly AddressRange[];
  /** Of the webhook at the model provider; without it no event is taken. */
  readonly providerWebhookSecret: string | undefined;
  /** The address of Temporal's Web UI and the namespace, for links. */
  readonly temporalUi: { readonly url: string; readonly namespace: string };
}
