import { describe, expect, it } from 'vitest';
import { createProcessLog, type LogSettings } from '../../../workflows/contract/process-log.ts';

function logged(format: LogSettings['LODESTONE_LOG_FORMAT']): string {
  let text = '';
  const log = createProcessLog(
    { LODESTONE_LOG_LEVEL: 'info', LODESTONE_LOG_FORMAT: format },
    { write: (line) => void (text += line) },
  );
  log.debug('left out');
  log.warn(
    { requestId: 'tool_1', error: Object.assign(new Error('refused'), { headers: 'Bearer sk-1' }) },
    'a tool request failed',
  );
  return text;
}

describe('T13: the log of a process', () => {
  it('is one JSON object a line by the setting json', () => {
    const lines = logged('json').trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 40,
      requestId: 'tool_1',
      error: { type: 'Error', message: 'refused', stack: expect.stringContaining('process-log.test.ts') },
      msg: 'a tool request failed',
      time: expect.any(Number),
    });
  });

  it('is lines for people by the setting readable, with the level as a word and the fields below', () => {
    const text = logged('readable');
    expect(text).toMatch(/^\[?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\]? WARN: a tool request failed$/m);
    expect(text).toContain('requestId: "tool_1"');
    expect(text).toContain('refused');
    expect(text).not.toContain('left out');
  });

  it('has no field of an error that may hold a request with its key', () => {
    for (const format of ['json', 'readable'] as const) expect(logged(format)).not.toContain('sk-1');
  });
});
