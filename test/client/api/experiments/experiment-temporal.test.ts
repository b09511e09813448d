import { expect, test } from 'vitest';
import { createExperimentTemporal } from '../../../../client/api/experiments/experiment-temporal.ts';
import { connectTemporal } from '../../../../client/api/temporal-calls.ts';
import { experimentLimits } from '../../../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema } from '../../../../workflows/contract/experiments/spec.ts';

test.each(['漢', '"', 'a\u0001'])('a name of many %j is cut to what Temporal takes', async (character) => {
  const calls = connectTemporal();
  let summary: unknown;
  const start: unknown = async (_type: string, options: { readonly staticSummary: string }) =>
    (summary = options.staticSummary);
  Object.assign(calls.client.workflow, { start });
  const temporal = createExperimentTemporal(
    { ...calls, within: async (call) => (await call()) !== undefined },
    'test',
    'llm',
  );
  const name = character.repeat(200 / character.length);
  const spec = ExperimentSpecSchema.parse({ name, video: { kind: 'generated' }, code: 'pass' });
  await temporal.start({ id: 'a', tenant: 'default', spec, limits: experimentLimits({}) });
  expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThanOrEqual(400);
  await calls.close();
});

test('what Temporal refuses whenever it is asked is no outage, after which others would wait', async () => {
  const calls = connectTemporal();
  const refusal = (code: number): Error =>
    Object.assign(new Error('refused'), { code, details: 'refused', metadata: {} });
  expect(() => calls.unreachable(refusal(3))).toThrow('refused');
  expect(calls.unreachable(refusal(14)).name).toBe('TemporalUnreachable');
  await calls.close();
});
