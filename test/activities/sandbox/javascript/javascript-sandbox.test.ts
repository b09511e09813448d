import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createJavaScriptSandbox } from '../../../../activities/sandbox/javascript/javascript-sandbox.ts';
import type { CodeRequest, CodeResult } from '../../../../activities/sandbox/sandbox.ts';
import type { JsonValue } from '../../../../workflows/contract/json/json.ts';
import { javaScriptProbes } from '../../../support/sandbox/probes/javascript.ts';
import { testLimits } from '../../../support/sandbox/python.ts';

const sandbox = createJavaScriptSandbox();
afterAll(() => sandbox.close());

function runJavaScript(source: string, inputs: JsonValue = {}, rest: Partial<CodeRequest> = {}): Promise<CodeResult> {
  const signal = new AbortController().signal;
  return sandbox.run({ source, inputs, files: [], limits: testLimits, signal, ...rest });
}

/** Children of this process that run the interpreter. */
function processesWaiting(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
  return children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('code-process.ts')).length;
}

describe.concurrent('JavaScript in its interpreter', () => {
  it('gets inputs, returns a value, and its console is kept', async () => {
    const source = `
      function main(inputs) {
        console.log('read', inputs.name);
        console.error('warned');
        return { length: inputs.name.length, list: [null, 1.5, 'ü'] };
      }`;
    const result = await runJavaScript(source, { name: 'Ada' });
    expect(result).toMatchObject({ stdout: 'read Ada\n', stderr: 'warned\n' });
    expect(result.outcome).toEqual({ value: { length: 3, list: [null, 1.5, 'ü'] }, files: [] });
  });

  it('keeps all that it printed within the limit', async () => {
    const source = 'function main() { for (let i = 0; i < 900; i += 1) console.log("x".repeat(999)); }';
    const { outcome, stdout } = await runJavaScript(source, {}, { limits: { ...testLimits, outputBytes: 1_000_000 } });
    expect(outcome).toMatchObject({ value: null });
    expect(stdout.length).toBe(900_000);
  });

  it('may be asynchronous', async () => {
    const { outcome } = await runJavaScript('const main = async (inputs) => (await Promise.resolve(inputs.a)) + 1', {
      a: 1,
    });
    expect(outcome).toMatchObject({ value: 2 });
  });

  it.each([
    ['an error with its line', 'function main() {\n  throw new RangeError("too far");\n}', 'RangeError: too far', 2],
    [
      'a rejected promise',
      'const main = async () => {\n  null.x;\n}',
      "TypeError: cannot read property 'x' of null",
      2,
    ],
    ['a syntax error', 'let x = 1;\nlet y = ;', "SyntaxError: unexpected token in expression: ';'", 2],
    ['no function', 'let x = 1', 'TypeError: the source defines no function main(inputs)', null],
    [
      'a value that JSON has not',
      'const main = () => { const a = {}; a.a = a; return a; }',
      'TypeError: circular reference',
      null,
    ],
    ['a function as its value', 'const main = () => () => 1', 'the value of main(inputs) is no JSON value', null],
    [
      'a promise that is never settled',
      'const main = () => new Promise(() => {})',
      'the promise of main(inputs) is never settled',
      null,
    ],
    [
      'something thrown that is no error',
      'const main = () => { throw 1 }',
      'the code threw something that is no error',
      null,
    ],
  ])('reports %s', async (_, source, message, line) => {
    const { outcome } = await runJavaScript(source);
    expect(outcome).toEqual({ problem: { type: 'error', message, line } });
  });

  it.each([
    ['recursion without end', 'const main = () => { const f = () => f(); return f(); }'],
    [
      'deep recursion in functions of the language',
      'const main = () => { let a = []; for (let i = 0; i < 1e5; i += 1) a = [a]; return JSON.stringify(a); }',
    ],
  ])('survives %s', async (_, source) => {
    const { outcome } = await runJavaScript(source);
    expect(outcome).toMatchObject({ problem: { type: 'error' } });
  });

  const short = { ...testLimits, cpuSeconds: 0.2, seconds: 5 };
  it.each([
    ['a loop', 'function main() { for (;;) {} }'],
    ['a loop of promises', 'async function main() { for (;;) await null; }'],
    ['a pattern that backtracks', 'function main() { return /(a+)+$/.test("a".repeat(40) + "b"); }'],
    ['a loop that catches everything', 'function main() { for (;;) { try { for (;;) {} } catch {} } }'],
  ])('is ended when it takes too long by %s', async (_, source) => {
    const { outcome } = await runJavaScript(source, {}, { limits: short });
    expect(outcome).toMatchObject({ problem: { type: 'time_limit' } });
  });

  it.each([
    ['its console, a line at a time', 'function main() { for (;;) console.log("x"); }'],
    ['its console', 'function main() { for (;;) console.log("x".repeat(10000)); }'],
    ['its value', 'function main() { return "x".repeat(2000000); }'],
  ])('is ended when it writes too much by %s', async (_, source) => {
    const { outcome } = await runJavaScript(source);
    expect(outcome).toMatchObject({ problem: { type: 'output_limit' } });
  });

  it('is ended when it uses too much memory', async () => {
    const source = 'function main() { const a = []; for (;;) a.push(new Array(1000).fill(1)); }';
    const { outcome } = await runJavaScript(source, {}, { limits: { ...testLimits, memoryBytes: 16 * 2 ** 20 } });
    expect(outcome).toMatchObject({ problem: { type: 'memory_limit' } });
  });

  it('is ended by its signal, and the next source runs', async () => {
    const stop = new AbortController();
    const running = runJavaScript('function main() { for (;;) {} }', {}, { signal: stop.signal });
    stop.abort(new Error('the step was cancelled'));
    await expect(running).rejects.toThrow('the step was cancelled');
    expect((await runJavaScript('const main = () => 1')).outcome).toMatchObject({ value: 1 });
  });

  it('sees nothing of the source before it', async () => {
    await runJavaScript('globalThis.kept = 1; const main = () => 1');
    expect((await runJavaScript('const main = () => typeof kept')).outcome).toMatchObject({ value: 'undefined' });
  });
});

describe.concurrent('JavaScript cannot', () => {
  const short = { ...testLimits, cpuSeconds: 0.2, seconds: 1 };
  it.each(javaScriptProbes.map((probe) => [probe.tries, probe] as const))('%s', async (_, { source, ends }) => {
    const { outcome } = await runJavaScript(
      source,
      {},
      { limits: 'by' in ends && ends.by.includes('time_limit') ? short : testLimits },
    );
    const end = 'value' in outcome ? outcome.value : outcome.problem.type;
    expect('value' in ends ? [ends.value] : ends.by).toContainEqual(end);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('the sandbox of JavaScript', () => {
  it('keeps one process in advance, whatever runs at the same time, and none after its end', async () => {
    const own = createJavaScriptSandbox();
    const request = { source: 'const main = () => 1', inputs: {}, files: [], limits: testLimits };
    const before = processesWaiting();
    await Promise.all([1, 2, 3].map(() => own.run({ ...request, signal: new AbortController().signal })));
    expect(processesWaiting()).toBe(before);
    own.close();
    await vi.waitFor(() => expect(processesWaiting()).toBe(before - 1), 20_000);
  });
});
