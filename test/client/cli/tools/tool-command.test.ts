import { expect, it } from 'vitest';
import { runCommand, servedFolder } from '../harness.ts';

it('T26: lodestone tools lists the tools', async () => {
  const { url } = await servedFolder();
  const { code, stdout } = await runCommand(url, 'tools', 'list');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^chat .*\ndebug .*\nanalyze /);
});

it('lodestone tools run calls a tool, prints its answer, and says by its exit code how it ended', async () => {
  const { url, store, tools } = await servedFolder();
  tools.onStart = async ({ requestId }) => {
    await store.toolRequests.begin(requestId, 'turn', new Date());
    await store.toolRequests.answered(requestId, 'scattering');
    await store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
  };
  const { code, stdout } = await runCommand(url, 'tools', 'run', 'chat', '--set', 'prompt=Why is the sky blue?');
  expect(code).toBe(0);
  expect(stdout).toContain('chat: completed');
  expect(stdout).toContain('\nscattering\n');
  const refused = await runCommand(url, 'tools', 'run', 'debug', '--input', '{"step":2,"total_steps":1}');
  expect(refused.code).toBe(6);
  expect(refused.stderr).toContain('findings');
});
