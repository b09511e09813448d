/** Turns a model's answer into a pending call with its actions, and builds the results that answer the call. */
import type { ModelInput, ModelResponse } from '../../ports.ts';
import { checksForPerson, type PolicyInForce } from './approval-policy.ts';
import type { Checkpoint, PendingCall } from './checkpoint.ts';
import { fileAction, fileCallText, isFileCall } from './file-function.ts';

/**
 * Actions for files come first: they may be for the chooser that a click of the same answer opens. Null when there is
 * no call.
 */
export function pendingCall(
  { computerCalls, functionCalls }: ModelResponse,
  policy: PolicyInForce,
): PendingCall | null {
  const [call] = computerCalls;
  const fileCalls = functionCalls.filter(isFileCall);
  const callId = call?.callId ?? fileCalls[0]?.callId;
  if (callId === undefined) return null;
  const safetyChecks = [...(call?.safetyChecks ?? [])];
  const forPerson = checksForPerson(policy, safetyChecks);
  return {
    callId,
    screen: call !== undefined,
    functions: fileCalls.map((fileCall) => fileCall.callId),
    actions: [...fileCalls.map(fileAction), ...(call?.actions ?? [])],
    done: 0,
    begun: false,
    problem: null,
    safetyChecks,
    acknowledged: safetyChecks.filter((check) => !forPerson.includes(check)),
    approved: null,
    refused: false,
  };
}

/** The response, and its call, that the next response continues from. */
export function parentOf({ responseId, call }: Checkpoint): Checkpoint['parent'] {
  if (call === null) return { responseId, call };
  const { callId, screen, functions, acknowledged } = call;
  return { responseId, call: { callId, screen, functions, acknowledged } };
}

/** Answers every call of a response; one of the answers carries the screenshot. */
export function resultsOf(call: PendingCall, imageUrl: string): readonly ModelInput[] {
  const { callId, screen, functions, acknowledged: acknowledgedSafetyChecks } = call;
  return [
    ...functions.map((functionId, index) => {
      const shown = screen || index > 0 ? null : imageUrl;
      return { type: 'function_result' as const, callId: functionId, text: fileCallText(call, index), imageUrl: shown };
    }),
    ...(screen ? [{ type: 'computer_result' as const, callId, imageUrl, acknowledgedSafetyChecks }] : []),
  ];
}
