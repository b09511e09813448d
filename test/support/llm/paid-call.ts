/** A call of the model as tests pay for it. */
import type { PaidCall } from '../../../activities/llm/paid-call.ts';

export const call: PaidCall = {
  key: 'job/step/1/iteration/1',
  jobId: 'job',
  stepId: 'step',
  request: {
    model: 'm',
    input: [{ type: 'text', text: 'Say one' }],
    previousResponseId: null,
    computer: null,
    outputSchema: null,
    reasoningEffort: null,
    maxOutputTokens: null,
  },
  basis: 'screen 1',
  signal: new AbortController().signal,
  mayGoOn: async () => true,
};
