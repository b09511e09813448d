/** The parts of the installation, over HTTP and on their page. */
import { describe, expect, it, vi } from 'vitest';
import type { Part } from '../../../../store/platform/parts.ts';
import { testApi } from '../harness.ts';

const dead: Part = {
  name: 'worker jobs',
  state: 'waiting',
  restarts: 2,
  lastDeath: { at: '2026-11-30T08:00:00.000Z', reason: 'was killed by <SIGKILL>' },
};
const well: Part = { name: 'api', state: 'running', restarts: 0, lastDeath: null };

describe('the parts that npm start keeps up', () => {
  it('are listed at /healthz, each with its state, restarts and last death', async () => {
    const { ask, store } = await testApi();
    expect(await (await ask('/healthz')).json()).toEqual({
      ok: true,
      database: store.acrossTenants.databaseKind,
      parts: [],
      workers: [],
      experiments: {},
    });
    for (const part of [dead, well]) await store.acrossTenants.parts.write(part, new Date());
    expect(await (await ask('/healthz')).json()).toMatchObject({ ok: true, parts: [well, dead] });
  });

  it('are not waited for at /healthz while the store is busy', async () => {
    const { ask, store } = await testApi();
    vi.spyOn(store.acrossTenants.parts, 'list').mockReturnValueOnce(new Promise(() => undefined));
    const answer = await ask('/healthz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ ok: true, parts: null, workers: null, experiments: null });
  });

  it('are shown on a page', async () => {
    const { ask, store } = await testApi();
    expect(await (await ask('/platform')).text()).toContain('These parts were started one by one');
    for (const part of [dead, well]) await store.acrossTenants.parts.write(part, new Date());
    const page = await (await ask('/platform')).text();
    expect(page).toContain('never started again');
    expect(page).toContain(
      'started again 2 times · last death 2026-11-30 08:00:00 UTC: it was killed by &lt;SIGKILL&gt;',
    );
  });

  it('are no news any more when whoever keeps them up has been silent for minutes', async () => {
    const { ask, store } = await testApi();
    await store.acrossTenants.parts.write(well, new Date(Date.now() - 5 * 60_000));
    expect(await (await ask('/healthz')).json()).toMatchObject({ ok: true, parts: [] });
    await store.acrossTenants.parts.see(new Date());
    expect(await (await ask('/healthz')).json()).toMatchObject({ ok: true, parts: [well] });
  });
});
