/** The page that lists experiments: its order, filter and cursor, its plot, and hostile names. */
import { expect, test } from 'vitest';
import {
  acceptExperiment,
  endedExperiment,
  endExperiment,
} from '../../../../support/experiments/invented-experiments.ts';
import { testApi, type Api } from '../../harness.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 30, 12, 0, second));

async function textOf({ ask }: Api, path: string): Promise<string> {
  return (await ask(path)).text();
}

function listed(text: string): readonly (string | undefined)[] {
  const [, table = ''] = text.split('id="experiments"');
  return [...table.matchAll(/href="\/experiments\/(\w+)"/g)].map(([, id]) => id);
}

test('the newest experiment comes first, filtered by state, and the list goes on to older ones', async () => {
  const api = await testApi();
  for (let second = 0; second < 51; second += 1) {
    await acceptExperiment(api.store, `experiment_${second}`, {}, at(second));
  }
  const cancelled = { phase: 'encode', type: 'cancelled', message: 'cancelled', line: null } as const;
  await endExperiment(api.store, 'experiment_7', cancelled);
  const first = await textOf(api, '/experiments');
  expect(listed(first)).toHaveLength(50);
  expect(listed(first)[0]).toBe('experiment_50');
  const [, query = ''] = /href="\/experiments\?(before=\w+)"/.exec(first) ?? [];
  const older = await textOf(api, `/experiments?${query}`);
  expect(listed(older)).toEqual(['experiment_0']);
  expect(older).not.toContain('Older');
  expect(listed(await textOf(api, '/experiments?state=cancelled'))).toEqual(['experiment_7']);
  expect(await textOf(api, '/experiments?state=failed')).toContain('None is failed now');
  expect((await api.ask('/experiments?state=odd')).status).toBe(400);
});

test('C09: the best rounds of completed experiments stand in the list and in the plot, lossless ones in words', async () => {
  const api = await testApi();
  expect(await textOf(api, '/experiments')).toContain('begins with the first experiment that is scored');
  await endedExperiment(api.store, 'lossy', [{ metrics: { bitrateMbps: 0.5, psnrDb: 34.2 } }], { name: 'blocks' });
  await endedExperiment(api.store, 'exact', [{ metrics: { bitrateMbps: 4, psnrDb: null } }]);
  const failure = { phase: 'encode', type: 'error', message: 'no <such> name', line: 1 } as const;
  await endedExperiment(api.store, 'broken', [{ failure }]);
  const text = await textOf(api, '/experiments');
  expect(text.match(/class="point front"/g)).toHaveLength(2);
  expect(text).toContain('<title>blocks: 0.500 Mbit/s, 34.2 dB</title>');
  expect(text).toContain('<title>exact: 4.00 Mbit/s, lossless</title>');
  expect(text).toContain('no &lt;such&gt; name');
  expect(text).toContain('16.6 : 1');
});

test('a name is escaped and shows the characters that would hide or turn it', async () => {
  const api = await testApi();
  await endedExperiment(api.store, 'one', [{}], { name: '<img src=x onerror=alert(1)>\u202Egnp' });
  const text = await textOf(api, '/experiments');
  expect(text).not.toContain('<img');
  expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;\\u{202E}gnp</a>');
});
