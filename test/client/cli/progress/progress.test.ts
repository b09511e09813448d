/** What a command shows while something takes long. */
import { afterEach, expect, test, vi } from 'vitest';
import { jobStatus, type JobStep } from '../../../../client/cli/jobs/job-status.ts';
import { printable } from '../../../../client/cli/output.ts';
import { bar, duration } from '../../../../client/cli/progress/bar.ts';
import { createStatusLine } from '../../../../client/cli/progress/status-line.ts';
import { uploadText } from '../../../../client/cli/progress/upload.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const usage = { modelCalls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: 0 };

function step(id: string, parts: Partial<JobStep>): JobStep {
  return { id, state: 'waiting', startedAt: null, iterations: 0, attempts: 1, note: null, ...parts };
}

test('a bar is full only when all is done', () => {
  expect([bar(0, 0), bar(1, 3), bar(999, 1000), bar(5, 5)]).toEqual([
    '[------------------------]',
    '[########----------------]',
    '[#######################-]',
    '[########################]',
  ]);
  expect([duration(7.4), duration(150), duration(7200)]).toEqual(['7 s', '3 min', '2.0 h']);
});

test('an upload shows its share, its rate and the time that is left', () => {
  expect(uploadText('a.csv', 5_000_000, 20_000_000, 10)).toBe(
    '[######------------------] a.csv  5 MB of 20 MB, 500 kB/s, 30 s left',
  );
  expect(uploadText('a.csv', 20_000_000, 20_000_000, 40)).toContain('20 MB sent, waiting for the API to store it');
});

test('a job shows how many steps are done, and what each step that runs is doing', () => {
  const now = new Date('2026-11-30T08:00:42Z');
  const steps = [
    step('look', { state: 'succeeded' }),
    step('visit', { state: 'running', startedAt: '2026-11-30T08:00:00Z', iterations: 7, note: 'at the form' }),
    step('send', { state: 'awaiting_approval', attempts: 2 }),
    step('report', {}),
  ];
  expect(jobStatus({ id: 'job_1', state: 'running', note: null, steps, usage }, now)).toBe(
    'job_1  1 of 4 steps done  ·  visit: 42 s, turn 7, at the form  ·  send: waits for an approval, attempt 2  ·  $0.0000',
  );
});

test('without a terminal a status is a line for each phase, and one every ten seconds', () => {
  vi.useFakeTimers();
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const status = createStatusLine({ plain: true });
  for (const [text, phase] of [
    ['0 of 9', 'running'],
    ['1 of 9', 'running'],
    ['1 of 9', 'paused'],
  ] as const)
    status.show(text, phase);
  vi.advanceTimersByTime(9_999);
  status.show('2 of 9', 'paused');
  vi.advanceTimersByTime(1);
  status.show('3 of 9', 'paused');
  status.end();
  expect(written).toEqual(['0 of 9\n', '1 of 9\n', '3 of 9\n']);
  createStatusLine({ plain: false }).show('nothing');
  expect(written).toHaveLength(3);
});

test('words from elsewhere cannot move the cursor, colour the terminal or overwrite a line', () => {
  expect(printable('a\u001B[2Jb\u001B]0;title\u0007c\rd\u009Be\n\tf')).toBe('abcde\n\tf');
  expect(printable('Köln\n\tJörg 日本')).toBe('Köln\n\tJörg 日本');
});
