/**
 * Temporal's own plugin for OpenTelemetry, which also tells of an activity's span which step it is. Workers give it no workflows to
 * bundle: the bundle has interceptors of its own, `workers/workflow-bundle/trace-interceptors.ts`.
 */
import { trace } from '@opentelemetry/api';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry-v2';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker';
import { z } from 'zod';

export class TracesPlugin extends OpenTelemetryPlugin {
  override configureWorker(options: WorkerOptions): WorkerOptions {
    const configured = super.configureWorker(options);
    const { interceptors = {} } = configured;
    return { ...configured, interceptors: { ...interceptors, activity: [...(interceptors.activity ?? []), ofStep] } };
  }
}

/** What the first argument of most activities has; whatever is missing is left out. */
const StepSchema = z.object({
  job: z.object({ id: z.string(), leadMagnet: z.string() }).optional().catch(undefined),
  step: z.object({ id: z.string(), kind: z.string() }).optional().catch(undefined),
});

/** It comes after the plugin's own interceptor, whose span is then the present one. */
const ofStep: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    async execute(input, next) {
      const span = trace.getActiveSpan();
      const { job, step } = StepSchema.catch({}).parse(input.args[0]);
      span?.setAttributes({
        'lodestone.attempt': info.attempt,
        ...(job === undefined ? {} : { 'lodestone.job': job.id, 'lodestone.lead_magnet': job.leadMagnet }),
        ...(step === undefined ? {} : { 'lodestone.step': step.id, 'lodestone.step_kind': step.kind }),
      });
      try {
        return await next(input);
      } catch (error) {
        if (error instanceof ApplicationFailure) span?.setAttribute('error.type', error.type ?? error.name);
        throw error;
      }
    },
  },
});
