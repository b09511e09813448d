import { once } from 'node:events';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { tools as catalogue } from '../../../../workflows/contract/tools/catalogue.ts';
import { runCommand, servedFolder, startCommand } from '../harness.ts';

const SmokeReport = z.object({
  ok: z.boolean(),
  problems: z.array(z.string()),
  tools: z.array(z.looseObject({ tool: z.string(), outcome: z.string().nullable() })),
});

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

it('T20: lodestone tools run prints progress without a terminal, and an interrupt cancels the request', async () => {
  const { url, store, tools } = await servedFolder();
  const started = Promise.withResolvers<void>();
  tools.onStart = async ({ requestId }) => {
    await store.toolRequests.begin(requestId, 'turn', new Date());
    started.resolve();
  };
  tools.cancel = async (id) => {
    await store.toolRequests.end(id, { outcome: 'cancelled', cut: null }, new Date());
  };
  const command = startCommand(url, 'tools', 'run', 'chat', '--set', 'prompt=Why?');
  await started.promise;
  await once(command.stderr ?? command, 'data');
  command.kill('SIGINT');
  const { code, stdout, stderr } = await command.ended;
  expect(stderr).toMatch(/^tool_[0-9a-f]{24} {2}· {2}turn {2}· {2}\d s, 6\d s left\ncancelling; /);
  expect(stdout).toContain('chat: cancelled');
  expect(code).toBe(1);
});

it('T17: lodestone tools smoke calls every tool and prints how each ended; one without an outcome fails the run', async () => {
  const { url, store, tools } = await servedFolder();
  tools.onStart = async ({ requestId, tool }) => {
    if (tool === 'tracer') throw new Error('the workflow cannot be started');
    await store.toolRequests.begin(requestId, 'turn', new Date());
    const cut = {
      layer: 'tool',
      type: 'time_limit',
      seconds: 45,
      message: 'it was cut off',
      advice: 'ask less',
    } as const;
    const end =
      tool === 'chat' ? ({ outcome: 'timed_out', cut } as const) : ({ outcome: 'completed', cut: null } as const);
    await store.toolRequests.end(requestId, end, new Date());
  };
  const { code, stdout, stderr } = await runCommand(url, 'tools', 'smoke', '--json');
  expect(code).toBe(1);
  const report = SmokeReport.parse(JSON.parse(stdout));
  expect(report.ok).toBe(false);
  expect(report.problems).toEqual([expect.stringMatching(/^tracer ended without an outcome: /)]);
  expect(stderr).toContain(report.problems[0]);
  expect(report.tools.map(({ tool }) => tool)).toEqual(catalogue.map(({ name }) => name));
  expect(report.tools.find(({ tool }) => tool === 'chat')).toMatchObject({
    outcome: 'timed_out',
    layer: 'tool',
    message: 'it was cut off',
  });
});
