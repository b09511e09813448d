/** What it costs the store that requests wait for the expert of another. */
import { expect, it } from 'vitest';
import { toolLimits } from '../../../workflows/contract/tools/limits.ts';
import { countStatements } from '../../support/store/counted-statements.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

it('a request that waits for the expert of another, and one that holds the work, write nothing when they look', async () => {
  const store = await temporaryStore();
  const now = new Date('2026-01-01T00:00:00Z');
  const request = { tool: 'debug', isNewConversation: true, input: {}, inputHash: 'x', files: [], now, expiresAt: now };
  for (const id of ['tool_1', 'tool_2']) {
    await store.toolRequests.accept({ ...request, id, conversationId: `of_${id}`, limits: toolLimits({}, 'debug') });
  }
  expect(await store.workClaims.claim('work', 'tool_1')).toBeNull();
  const counted = countStatements();
  expect(await store.workClaims.claim('work', 'tool_2')).toMatchObject({ requestId: 'tool_1' });
  expect(await store.workClaims.claim('work', 'tool_1')).toBeNull();
  expect(counted.count()).toMatchObject({ statements: { length: 2 }, commits: 0 });
});
