/** What an answer of the model asks for, as the call that its actions are performed by, and how that call is answered. */
import type { ModelInput, ModelResponse } from '../../ports.ts';
import { checksForPerson, type PolicyInForce } from './approval-policy.ts';
import type { Checkpoint, PendingCall } from './checkpoint.ts';
import { fileAction, fileCallText, isFileCall } from './file-function.ts';

/** Files come first: they may be for the chooser that the answer's click opens. Null when it asks for nothing. */
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

/** The response and its call that the next one goes on from. */
export function parentOf({ responseId, call }: Checkpoint): Checkpoint['parent'] {
  if (call === null) return { responseId, call };
  const { callId, screen, functions, acknowledged } = call;
  return { responseId, call: { callId, screen, functions, acknowledged } };
}

/** Closes every call of an answer; the screen goes with one of them. */
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
