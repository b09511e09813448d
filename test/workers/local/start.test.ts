/** What `npm start` says when a part refuses its settings, and how it stops: real processes. */
import { describe, expect, it } from 'vitest';
import { startLocalStack } from '../../support/processes/local-stack.ts';

const limit = { timeout: 200_000 };

describe('npm start', () => {
  it.each([
    ['a worker', { LODESTONE_SMTP_URL: 'http://mail.example' }, 'LODESTONE_SMTP_URL: '],
    ['the API', { LODESTONE_PUBLIC_URL: 'lodestone.example' }, 'LODESTONE_PUBLIC_URL: '],
  ])(
    'reports at once what %s refuses of its settings, and starts nothing again',
    limit,
    async (_who, settings, reported) => {
      const stack = await startLocalStack(settings);
      expect(await stack.exitCode, stack.text()).toBe(78);
      expect(stack.text()).toContain(`These settings are invalid:\n  ${reported}`);
      expect(stack.text()).not.toContain('it is started again');
      expect(stack.text()).not.toContain('Pages and API');
      expect(await stack.alive()).toEqual([]);
    },
  );

  it('kills what has not stopped when it is asked a second time', limit, async () => {
    const stack = await startLocalStack();
    await stack.said('Ctrl-C stops all.');
    // One that is stopped takes no signal but SIGKILL, which would come after 20 s.
    process.kill(await stack.pidOf('--queues jobs'), 'SIGSTOP');
    stack.process.kill('SIGINT');
    await stack.said('stopping …');
    const again = setInterval(() => stack.process.kill('SIGINT'), 200);
    await stack.said('killing what has not stopped …');
    clearInterval(again);
    expect(await stack.exitCode).toBe(0);
    expect(await stack.alive()).toEqual([]);
  });

  it(
    'goes on, and starts its parts again, when nobody reads its output any more; a hangup stops it in order',
    limit,
    async () => {
      const stack = await startLocalStack();
      await stack.said('Ctrl-C stops all.');
      stack.process.stdout?.destroy();
      stack.process.stderr?.destroy();
      const pid = await stack.pidOf('--queues jobs');
      process.kill(pid, 'SIGKILL');
      const startedAgain = async (): Promise<boolean> => (await stack.pidOf('--queues jobs')) !== pid;
      await expect.poll(() => startedAgain().catch(() => false), { timeout: 60_000 }).toBe(true);
      stack.process.kill('SIGHUP');
      expect(await stack.exitCode).toBe(0);
      expect(await stack.alive()).toEqual([]);
    },
  );
});
