/** Traces cost nothing when they are off, and nothing but spans when their collector is away; no words of anybody are in them. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { freePorts } from '../../demo/run/free-ports.ts';
import { startTraces } from '../../traces/start.ts';
import type { Traces } from '../../traces/traces.ts';
import { readWorkerConfig } from '../../workers/config.ts';
import { tracedModel } from '../../workers/traced/traced-model.ts';
import type { BegunResponse } from '../../activities/ports.ts';
import { textResponse } from '../support/llm/responses.ts';
import { startCollector, type Collector } from '../support/traces/collector.ts';

const root = join(import.meta.dirname, '..', '..');

async function startedTraces(endpoint: string, warn: (problem: string) => void = () => undefined): Promise<Traces> {
  const traces = await startTraces({ endpoint, service: 'lodestone-worker', warn });
  if (traces === null) throw new Error('traces are on');
  return traces;
}

async function collected(): Promise<{ collector: Collector; traces: Traces }> {
  const collector = await startCollector();
  const traces = await startedTraces(collector.url);
  onTestFinished(() => traces.close());
  return { collector, traces };
}

/** The packages of OpenTelemetry that a new process with all of our code has loaded: without traces, and with them. */
async function loadedPackages(): Promise<readonly (readonly string[])[]> {
  const script = `
    import { createRequire } from 'node:module';
    import { startTraces } from './traces/start.ts';
    await import('./workers/workers.ts');
    await import('./workers/dependencies.ts');
    await import('./client/api/app.ts');
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((name) => /opentelemetry.(sdk|exporter|core|context)|interceptors-opentelemetry/.test(name));
    const start = (endpoint) => startTraces({ endpoint, service: 'lodestone-worker', warn: () => undefined });
    await start(undefined);
    const without = loaded();
    await start('http://127.0.0.1:9');
    process.stdout.write(JSON.stringify([without, loaded()]));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
  });
  return z.array(z.array(z.string())).parse(JSON.parse(stdout));
}

describe('traces that are off', () => {
  it('load nothing of OpenTelemetry', async () => {
    expect(await loadedPackages()).toEqual([
      [],
      expect.arrayContaining([expect.stringContaining('exporter-trace-otlp-http')]),
    ]);
  });

  it.each([
    ['collector:4318', 'Invalid URL'],
    ['grpc://collector:4317', 'Invalid URL'],
    ['https://user:password@collector', 'OTEL_EXPORTER_OTLP_HEADERS'],
  ])('are not switched on by %s', (endpoint, problem) => {
    const read = (): unknown => readWorkerConfig({ LODESTONE_TRACES_ENDPOINT: endpoint });
    expect(read).toThrow('LODESTONE_TRACES_ENDPOINT');
    expect(read).toThrow(problem);
  });
});

describe('a collector that is away', () => {
  it('holds up no work, is told of once, and lets the process end', async () => {
    const [port] = await freePorts(1);
    const problems: string[] = [];
    const traces = await startedTraces(`http://127.0.0.1:${port}`, (problem) => problems.push(problem));
    for (let count = 0; count < 10_000; count += 1) traces.begin({ name: 'work' }).end();
    expect(await traces.within({ name: 'work' }, async () => 'done')).toBe('done');
    await traces.close();
    expect(problems).toEqual([expect.stringContaining('spans could not be sent')]);
  });
});

describe('a span', () => {
  it('of failed work has the type of the error, and none of its words', async () => {
    const { collector, traces } = await collected();
    const error = ApplicationFailure.create({ type: 'provider_request', message: 'no model for ada@b.example' });
    await expect(traces.within({ name: 'work' }, () => Promise.reject(error))).rejects.toThrow(error);
    await traces.close();
    expect(await collector.span('work')).toMatchObject({
      attributes: { 'error.type': 'provider_request' },
      status: { code: 2 },
    });
    expect(collector.received.join('')).not.toContain('ada@b.example');
  });

  it('of a model call ends when its answer is there, with what the answer has cost', async () => {
    const { collector, traces } = await collected();
    const answers: BegunResponse[] = [{ ...textResponse('r1', ''), status: 'pending' }, textResponse('r1', 'yes')];
    const next = async (): Promise<BegunResponse> => answers.shift() ?? textResponse('r2', 'again');
    const model = tracedModel({ create: next, retrieve: next, cancel: async () => undefined }, traces);
    const signal = new AbortController().signal;
    const request = { model: 'm', input: [], previousResponseId: null, computer: null, outputSchema: null };
    await model.create({ ...request, reasoningEffort: null, maxOutputTokens: null });
    await model.retrieve('r1', 'm', signal);
    await model.retrieve('r2', 'm', signal);
    await traces.close();
    const calls = collector.spans.filter(({ name }) => name === 'model call');
    expect(calls.map(({ attributes }) => attributes)).toEqual([
      expect.objectContaining({
        'gen_ai.request.model': 'm',
        'lodestone.status': 'completed',
        'lodestone.cost_usd': 0.01,
      }),
      expect.objectContaining({ 'lodestone.reattached': true, 'lodestone.status': 'completed' }),
    ]);
  });
});
