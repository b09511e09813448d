/** What a conversation holds, and what is left of it when it has ended. */
import { describe, expect, it } from 'vitest';
import { conversationLimits } from '../../../store/tools/conversations.ts';
import type { NewToolRequest, ToolAcceptance } from '../../../store/tools/tool-acceptance.ts';
import { toolLimits } from '../../../workflows/contract/tools/limits.ts';
import { temporaryStore, type TestStore } from '../../support/temporary-store.ts';

const begun = new Date('2026-01-01T00:00:00Z');
const ended = new Date('2026-01-02T00:00:01Z');

function accept(store: TestStore, id: string, changed: Partial<NewToolRequest> = {}): Promise<ToolAcceptance> {
  return store.toolRequests.accept({
    id,
    tool: 'chat',
    conversationId: 'conversation_1',
    isNewConversation: true,
    input: { prompt: 'Why?' },
    inputHash: 'hash',
    files: [],
    limits: toolLimits({}, 'chat'),
    now: begun,
    expiresAt: new Date('2026-01-02T00:00:00Z'),
    ...changed,
  });
}

const next = { isNewConversation: false } as const;

describe('a conversation', () => {
  it('takes no more turns than one may have', async () => {
    const store = await temporaryStore();
    await accept(store, 'tool_1');
    for (let turn = 2; turn <= conversationLimits.turns; turn += 1) {
      expect(await accept(store, `tool_${turn}`, next)).toBe('created');
    }
    expect(await accept(store, 'tool_more', next)).toBe('full');
    expect(await store.toolRequests.find('tool_more')).toBeNull();
    expect(await accept(store, 'tool_1')).toBe('exists');
  });

  it('takes no more text and files than one may hold', async () => {
    const store = await temporaryStore();
    await accept(store, 'tool_1');
    await store.toolRequests.answered('tool_1', 'é'.repeat(conversationLimits.textBytes / 2 - 100));
    expect(await accept(store, 'tool_2', next)).toBe('created');
    expect(await accept(store, 'tool_3', { ...next, input: { prompt: 'a'.repeat(500) } })).toBe('full');
    const large = { name: 'a', bytes: conversationLimits.fileBytes, sha256: 'a'.repeat(64), imageType: null };
    expect(await accept(store, 'tool_4', { ...next, files: [large] })).toBe('created');
    expect(await accept(store, 'tool_5', { ...next, files: [{ ...large, bytes: 1 }] })).toBe('full');
  });
});

describe('a conversation that would begin with more than one may hold', () => {
  it('is not begun, and begins with a smaller call under the same id', async () => {
    const store = await temporaryStore();
    const large = { name: 'a', bytes: conversationLimits.fileBytes + 1, sha256: 'a'.repeat(64), imageType: null };
    expect(await accept(store, 'tool_1', { files: [large] })).toBe('full');
    expect(await accept(store, 'tool_2', next)).toBe('unknown');
    expect(await accept(store, 'tool_1')).toBe('created');
  });
});

/** A request that was answered and paid for. */
async function answered(store: TestStore): Promise<void> {
  await accept(store, 'tool_1');
  await store.workClaims.claim('work', 'tool_1');
  const usage = { modelCalls: 1, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, costUsd: 1 };
  const call = { key: 'tool_1/tool', jobId: 'tool_1' };
  await store.ledger.settle(
    { ...call, kind: 'model_call', state: 'done', data: { responseId: 'r1' } },
    { ...call, responseId: 'r1', stepId: 'chat', model: 'm', usage },
  );
  await store.toolRequests.answered('tool_1', 'old');
  await store.toolRequests.judged('tool_1', { answer: 'judged', workHash: 'work', answeredBy: null, isReused: false });
  await store.toolRequests.end('tool_1', { outcome: 'completed', cut: null }, begun);
}

async function expectNothingLeft(store: TestStore): Promise<void> {
  expect(await store.ledger.find('tool_1/tool')).toBeNull();
  expect((await store.modelCalls.usageUnder('tool_1', 'tool_1/')).modelCalls).toBe(0);
  await accept(store, 'tool_9', { conversationId: 'conversation_9' });
  expect(await store.workClaims.claim('work', 'tool_9')).toBeNull();
}

describe('the end of a conversation', () => {
  it('removes what its requests have recorded, so that their ids begin anew', async () => {
    const store = await temporaryStore();
    await answered(store);
    expect(await store.acrossTenants.tools.removeExpired(begun)).toBe(0);
    expect(await store.acrossTenants.tools.removeExpired(ended)).toBe(1);
    expect(await store.toolRequests.find('tool_1')).toBeNull();
    await expectNothingLeft(store);
  });

  it('waits for a request that has not ended, so that nothing is recorded of one that is removed', async () => {
    const store = await temporaryStore();
    await answered(store);
    await accept(store, 'tool_2', next);
    expect(await store.acrossTenants.tools.removeExpired(ended)).toBe(0);
    await store.toolRequests.begin('tool_2', 'turn', begun);
    expect(await store.acrossTenants.tools.removeExpired(ended)).toBe(0);
    expect(await accept(store, 'tool_2', { ...next, now: ended })).toBe('exists');
    expect(await accept(store, 'tool_3', { ...next, now: ended })).toBe('unknown');
    await store.toolRequests.end('tool_2', { outcome: 'completed', cut: null }, ended);
    expect(await store.acrossTenants.tools.removeExpired(ended)).toBe(1);
    expect(await store.toolRequests.find('tool_2')).toBeNull();
    await expectNothingLeft(store);
  });

  it('is found behind very many whose requests have not ended', async () => {
    const store = await temporaryStore();
    for (let count = 2; count <= 202; count += 1) {
      await accept(store, `tool_${count}`, { conversationId: `conversation_${count}` });
    }
    await answered(store);
    expect(await store.acrossTenants.tools.removeExpired(ended)).toBe(1);
  });

  it('comes a month late for a request that was forgotten, and never ends', async () => {
    const store = await temporaryStore();
    await accept(store, 'tool_1');
    expect(await store.acrossTenants.tools.removeExpired(new Date('2026-01-31T23:59:59Z'))).toBe(0);
    expect(await store.acrossTenants.tools.removeExpired(new Date('2026-02-01T00:00:00Z'))).toBe(1);
  });

  it('holds before it is swept: the same key asks anew, and the same work is judged anew', async () => {
    const store = await temporaryStore();
    await answered(store);
    expect(await store.toolRequests.findJudged('chat', 'work', begun)).toMatchObject({ answer: 'judged' });
    expect(await store.toolRequests.findJudged('chat', 'work', ended)).toBeNull();
    const again = { now: ended, expiresAt: new Date('2026-01-03T00:00:00Z') };
    expect(await accept(store, 'tool_1', again)).toBe('created');
    expect(await store.toolRequests.find('tool_1')).toMatchObject({ state: 'queued', answer: null });
    await expectNothingLeft(store);
  });
});

describe('a piece of work', () => {
  it('is held by one of those that claim it at once, and by another when that one has ended', async () => {
    const store = await temporaryStore();
    const ids = ['tool_1', 'tool_2', 'tool_3'];
    for (const id of ids) await accept(store, id, { conversationId: `conversation_${id}` });
    const holders = await Promise.all(ids.map((id) => store.workClaims.claim('work', id)));
    expect(holders.filter((holder) => holder === null)).toHaveLength(1);
    const holder = ids[holders.indexOf(null)] ?? '';
    const [other = ''] = ids.filter((id) => id !== holder);
    expect(await store.workClaims.claim('work', holder)).toBeNull();
    const seen = await store.workClaims.claim('work', other);
    expect(seen).toEqual({ requestId: holder, beats: 0, pauseMilliseconds: 0 });
    await store.workClaims.beat('work', holder);
    expect(await store.workClaims.takeOver('work', other, { requestId: holder, beats: 0 })).toBe(false);
    await store.toolRequests.end(holder, { outcome: 'failed', cut: null }, begun);
    expect(await store.workClaims.claim('work', other)).toBeNull();
  });
});
