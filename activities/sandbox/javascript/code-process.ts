/**
 * The process that runs the source of a JavaScript code step: an interpreter compiled to WebAssembly, which has no way to
 * files, network or this process. It runs one request and ends. See `message.ts` for the request's form.
 */
import { writeSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { newQuickJSWASMModuleFromVariant, type QuickJSContext, type QuickJSHandle } from 'quickjs-emscripten-core';

/** Loaded while the process waits for its request. */
const engine = await newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-wasmfile-release-sync'));

/** From the worker alone, so that no schema is loaded for it: a process is started for each run. */
interface Request {
  readonly source: string;
  readonly inputs: unknown;
  readonly limits: { readonly memoryBytes: number; readonly cpuSeconds: number };
}

interface Problem {
  readonly type: 'error' | 'memory_limit' | 'time_limit';
  readonly message: string;
  readonly line: number | null;
}

const resultDescriptor = 3;
const lengthBytes = 4;
/** Well below this process's own stack, on which the interpreter's frames lie. */
const stackBytes = 256 * 1024;
const messageCharacters = 2_000;
/** Continuations of promises between two looks at the clock; the interrupt handler ends a loop within one of them. */
const jobsAtOnce = 1_000;

// The first run compiles both languages; it happens while nobody waits.
runSafely({ source: 'const main = () => 1', inputs: {}, limits: { memoryBytes: 2 ** 24, cpuSeconds: 1 } });
const request = buffer(process.stdin);
writeSync(resultDescriptor, 'R');
const bytes = await request;
// The worker has ended without a request.
if (bytes.byteLength > 0) {
  const text = bytes.toString('utf8', lengthBytes, lengthBytes + bytes.readUInt32BE());
  const asked: Request = JSON.parse(text);
  send(runSafely(asked));
  process.exit();
}

/** Deep recursion in a native function of the interpreter exceeds this process's stack before the interpreter's. */
function runSafely(request: Request): object {
  try {
    return run(request);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { problem: { type: 'error', message: 'the code nests too deeply', line: null }, files: [] };
  }
}

function run({ source, inputs, limits }: Request): object {
  const runtime = engine.newRuntime();
  runtime.setMemoryLimit(limits.memoryBytes);
  runtime.setMaxStackSize(stackBytes);
  const deadline = performance.now() + limits.cpuSeconds * 1000;
  runtime.setInterruptHandler(() => performance.now() > deadline);
  const context = runtime.newContext();
  addConsole(context);
  const give = (problem: Problem) => ({ problem, files: [] });
  const outOfTime = {
    type: 'time_limit',
    message: `the code took more than ${limits.cpuSeconds} s`,
    line: null,
  } as const;
  const failed = (error: QuickJSHandle): object =>
    give(performance.now() > deadline ? outOfTime : problemOf(context, error));
  const defined = context.evalCode(source, 'code.js');
  if (defined.error !== undefined) return failed(defined.error);
  // The value becomes a text within the interpreter: objects of the source never reach this process.
  const call = context.evalCode(
    `(async () => { if (typeof main !== 'function') throw new TypeError('the source defines no function main(inputs)');
      const value = await main(${JSON.stringify(inputs)}); return JSON.stringify(value === undefined ? null : value); })()`,
    'call.js',
  );
  if (call.error !== undefined) return failed(call.error);
  while (runtime.hasPendingJob() && performance.now() <= deadline) {
    const jobs = runtime.executePendingJobs(jobsAtOnce);
    if (jobs.error !== undefined) return failed(jobs.error);
  }
  if (performance.now() > deadline) return give(outOfTime);
  const state = context.getPromiseState(call.value);
  if (state.type === 'rejected') return failed(state.error);
  if (state.type === 'pending') {
    return give({ type: 'error', message: 'the promise of main(inputs) is never settled', line: null });
  }
  const json = context.dump(state.value);
  return typeof json === 'string'
    ? { value: JSON.parse(json), files: [] }
    : give({ type: 'error', message: 'the value of main(inputs) is no JSON value', line: null });
}

function problemOf(context: QuickJSContext, handle: QuickJSHandle): Problem {
  const thrown: unknown = context.dump(handle);
  const [name, message] = [textOf(thrown, 'name'), textOf(thrown, 'message')];
  if (name === null || message === null) {
    return { type: 'error', message: 'the code threw something that is no error', line: null };
  }
  const stack = textOf(thrown, 'stack') ?? '';
  const line = /code\.js:(\d+)/.exec(stack)?.[1];
  const type = message === 'out of memory' ? 'memory_limit' : 'error';
  return {
    type,
    message: `${name}: ${message}`.slice(0, messageCharacters),
    line: line === undefined ? null : Number(line),
  };
}

function textOf(thrown: unknown, name: string): string | null {
  if (typeof thrown !== 'object' || thrown === null) return null;
  const value: unknown = Reflect.get(thrown, name);
  return typeof value === 'string' ? value : null;
}

/** `console.log` and its kin, to standard output and error. */
function addConsole(context: QuickJSContext): void {
  const written = { log: 1, info: 1, warn: 2, error: 2 };
  const console = context.newObject();
  for (const [name, descriptor] of Object.entries(written)) {
    const write = context.newFunction(name, (...values) => {
      writeAll(descriptor, Buffer.from(`${values.map((value) => context.getString(value)).join(' ')}\n`));
    });
    context.setProp(console, name, write);
    write.dispose();
  }
  context.setProp(context.global, 'console', console);
  console.dispose();
}

const pauseMilliseconds = 1;
const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Returns when the worker has taken all. A stream of Node would keep in memory what the worker has not taken yet, and lose it at
 * the end of the process. The worker ends the process at its limit.
 */
function writeAll(descriptor: number, bytes: Buffer): void {
  let left = bytes;
  while (left.byteLength > 0) {
    try {
      left = left.subarray(writeSync(descriptor, left));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(pause, 0, 0, pauseMilliseconds);
    }
  }
}

function send(result: object): void {
  const text = Buffer.from(JSON.stringify(result));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(text.byteLength);
  writeAll(resultDescriptor, Buffer.concat([length, text]));
}
