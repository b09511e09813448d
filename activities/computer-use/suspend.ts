/** Suspends a step between the loop's question and the workflow's wait, and decides which answer it may resume with. */
import type { Store } from '../../store/store.ts';
import {
  approvalPolicy,
  type ApprovalAnswer,
  type ApprovalRequest,
} from '../../workflows/contract/computer-use/approvals.ts';
import type { StepActivityInput } from '../../workflows/contract/jobs/job.ts';
import type { ComputerUseStep } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import type { Checkpoint, OpenApproval } from './loop/checkpoint.ts';

type Input = StepActivityInput<ComputerUseStep>;

/** Publishes the question, with a screenshot that no later look replaces. Safe to repeat. */
export async function askPerson(store: Store, input: Input, approval: OpenApproval): Promise<ApprovalRequest> {
  const jobId = input.job.id;
  const stepId = input.step.id;
  const requestId = requestIdOf(input, approval);
  const shown = await store.artifacts.find(jobId, approval.screenshot);
  const mediaType = shown?.mediaType ?? 'image/png';
  const screenshot = await store.artifacts.put({
    jobId,
    stepId,
    name: `${requestId}.${mediaType === 'image/png' ? 'png' : 'jpg'}`,
    mediaType,
    content: await store.artifacts.getContent(approval.hash),
    deliverable: false,
  });
  const { callId, question, url } = approval;
  const request = {
    requestId,
    callId,
    question,
    url,
    screenshot: { name: screenshot.name, sha256: screenshot.sha256 },
    expiresAfterSeconds: approvalPolicy(input.step.approvals).expiresAfterSeconds,
  };
  await store.approvals.ask({ jobId, stepId, request, now: new Date() });
  return request;
}

/** The person's answer, if it was given to the question that the checkpoint holds. */
export function answerTo(input: Input, { approval }: Checkpoint): ApprovalAnswer | null {
  const decision = input.resumption?.decision;
  if (approval === null || decision === undefined) return null;
  const fits =
    decision.requestId === requestIdOf(input, approval) &&
    decision.callId === approval.callId &&
    decision.url === approval.url &&
    decision.screenshotSha256 === approval.hash;
  return fits ? decision : null;
}

function requestIdOf({ step, generation }: Input, { number }: OpenApproval): string {
  return `${step.id}-${generation}-${number}`;
}
