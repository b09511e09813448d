/** What is done for each request of a tool, and what its pages and callers ask for, so that the plans of its statements can be judged. */
import { toolLimits } from '../../../../workflows/contract/tools/limits.ts';
import type { TestStore } from '../../temporary-store.ts';

const now = new Date('2026-01-01T00:00:00.000Z');
const later = new Date('2026-01-02T00:00:00.000Z');
const request = {
  tool: 'chat',
  conversationId: 'c',
  input: { prompt: 'Why?' },
  inputHash: 'hash',
  files: [{ name: 'a.ts', bytes: 1, sha256: 'a'.repeat(64), imageType: null }],
  limits: toolLimits({}, 'chat'),
  now,
  expiresAt: later,
};

export async function workOnToolRequest({ toolRequests, toolLists, workClaims, ...store }: TestStore): Promise<void> {
  await toolRequests.accept({ ...request, id: 't1', isNewConversation: true });
  await toolRequests.accept({ ...request, id: 't2', isNewConversation: false });
  await store.acrossTenants.tools.waitingBefore(now.toISOString());
  await toolRequests.begin('t2', 'turn', now);
  const row = await toolRequests.find('t2');
  if (row === null) throw new Error('the request is not there');
  await toolRequests.turnsBefore(row);
  await store.toolFiles.ofConversation(row);
  await toolRequests.progress('t2', 10);
  await toolRequests.answered('t2', 'because');
  await toolRequests.findJudged('chat', 'work', now);
  await workClaims.claim('work', 't2');
  await workClaims.claim('work', 't1');
  await workClaims.beat('work', 't2');
  await workClaims.takeOver('work', 't1', { requestId: 't2', beats: 0 });
  await toolRequests.judged('t2', { answer: 'so', workHash: 'work', answeredBy: null, isReused: false });
  await toolRequests.end('t2', { outcome: 'completed', cut: null }, now);
  await toolRequests.pulses(['t1', 't2']);
  await store.toolViews.find('t2', now);
  await toolLists.page({ before: undefined, limit: 10 });
  await toolLists.page({ before: 't2', limit: 10 });
  await toolLists.ofConversation('c', 10);
  await store.acrossTenants.tools.removeExpired(later);
}
