import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { createPythonSandbox } from '../../../../activities/sandbox/python/python-sandbox.ts';
import { runs } from '../../../support/sandbox/processes.ts';
import { runPython, testLimits, testSandbox } from '../../../support/sandbox/python.ts';

/** Starts a process that leaves its session, ignores SIGTERM and sleeps; its command line has the word. */
const leavesSleeper = `
import os, signal
def leave(word):
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.execv("/usr/bin/python3", ["python3", "-c", "import time; time.sleep(100)", word])
`;

describe.concurrent('Python in the sandbox', () => {
  it('gets inputs and files, and returns a value, files and what it printed', async () => {
    const source = `
import sys
def main(inputs):
    print("read", inputs["name"])
    print("warned", file=sys.stderr)
    text = open("in/form.txt").read()
    with open("out/copy.txt", "w") as out:
        out.write(text * 2)
    return {"length": len(text), "words": [inputs["name"], None, 1.5]}
`;
    const files = [{ name: 'form.txt', bytes: Buffer.from('grüße ') }];
    const result = await runPython(source, { name: 'Ada' }, { files });
    expect(result).toMatchObject({ stdout: 'read Ada\n', stderr: 'warned\n' });
    expect(result.outcome).toEqual({
      value: { length: 6, words: ['Ada', null, 1.5] },
      files: [{ name: 'copy.txt', bytes: Buffer.from('grüße grüße ') }],
    });
    expect(result.seconds).toBeGreaterThan(0);
  });

  it('has numpy and opencv', async () => {
    const source = `
import cv2, numpy
def main(inputs):
    picture = numpy.full((64, 64, 3), 200, dtype="uint8")
    encoded, data = cv2.imencode(".png", picture)
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return [encoded, bool(numpy.array_equal(decoded, picture)), float((numpy.eye(50) @ numpy.ones((50, 50))).sum())]
`;
    const { outcome } = await runPython(source, {}, { limits: { ...testLimits, memoryBytes: 1024 * 2 ** 20 } });
    expect(outcome).toMatchObject({ value: [true, true, 2500] });
  });

  it('C03: C04: refuses an import that is not on the list, with its line, before anything runs', async () => {
    const source = 'import math\nprint("ran")\ndef main(inputs):\n    from subprocess import run\n    return 1\n';
    const { outcome, stdout } = await runPython(source);
    expect(outcome).toEqual({
      problem: { type: 'forbidden_import', message: 'Forbidden import: subprocess', line: 4 },
    });
    expect(stdout).toBe('');
  });

  it.each([
    ['a division by zero', 'def main(inputs):\n    return 1 / 0\n', 'ZeroDivisionError: division by zero', 2],
    ['a syntax error', 'def main(inputs):\n    return (\n', "SyntaxError: '(' was never closed (<code>, line 2)", 2],
    ['no function', 'x = 1\n', 'the source defines no function main(inputs)', null],
    [
      'a value that JSON has not',
      'def main(inputs):\n    return {1, 2}\n',
      'TypeError: Object of type set is not JSON serializable',
      null,
    ],
    [
      'a number that JSON has not',
      'def main(inputs):\n    return float("nan")\n',
      'ValueError: Out of range float values are not JSON compliant',
      null,
    ],
    ['an exit', 'import sys\ndef main(inputs):\n    sys.exit(3)\n', 'SystemExit: 3', 3],
  ])('reports %s with its message and line', async (_, source, message, line) => {
    const { outcome } = await runPython(source);
    expect(outcome).toEqual({ problem: { type: 'error', message, line } });
  });

  it('reports a crash of the interpreter with the signal and what was written last', async () => {
    const source =
      'import os, sys\ndef main(inputs):\n    print("before", file=sys.stderr)\n    sys.stderr.flush()\n    os.abort()\n';
    const { outcome } = await runPython(source);
    expect(outcome).toMatchObject({ problem: { type: 'crashed', message: expect.stringContaining('exit code 134') } });
    expect(outcome).toMatchObject({ problem: { message: expect.stringContaining('before') } });
  });

  it('C05: may sleep within its limit', async () => {
    const { outcome } = await runPython('import time\ndef main(inputs):\n    time.sleep(0.2)\n    return "slept"\n');
    expect(outcome).toMatchObject({ value: 'slept' });
  });

  it('C06: leaves no process behind, not one of its own session that ignores signals', async () => {
    const word = randomUUID();
    const source = `${leavesSleeper}\ndef main(inputs):\n    leave(inputs)\n    return "done"\n`;
    const { outcome } = await runPython(source, word);
    expect(outcome).toMatchObject({ value: 'done' });
    expect(runs(word)).toBe(false);
  });

  it('ends with everything it started when its signal is aborted', async () => {
    const word = randomUUID();
    const stop = new AbortController();
    const source = `${leavesSleeper}\nimport time\ndef main(inputs):\n    leave(inputs)\n    time.sleep(100)\n`;
    const running = runPython(source, word, { signal: stop.signal });
    await vi.waitFor(() => expect(runs(word)).toBe(true), 20_000);
    stop.abort(new Error('the step was cancelled'));
    await expect(running).rejects.toThrow('the step was cancelled');
    expect(runs(word)).toBe(false);
  });

  it('ends with everything it started when the worker is killed', async () => {
    const word = randomUUID();
    const script = `
      import { runPython } from './test/support/sandbox/python.ts';
      await runPython(${JSON.stringify(`${leavesSleeper}\nimport time\ndef main(inputs):\n    leave(inputs)\n    time.sleep(100)\n`)}, '${word}');
    `;
    const worker = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], { stdio: 'inherit' });
    // The script has the word in its own command line.
    await vi.waitFor(() => expect(runs(`time.sleep(100)\0${word}`)).toBe(true), 20_000);
    worker.kill('SIGKILL');
    await once(worker, 'close');
    await vi.waitFor(() => expect(runs(word)).toBe(false), 20_000);
  });

  it('ends with everything it started when it is stopped at any moment of its start', async () => {
    const word = randomUUID();
    const source = `${leavesSleeper}\nimport time\ndef main(inputs):\n    leave(inputs)\n    time.sleep(100)\n`;
    const starts = Array.from({ length: 12 }, async (_, index) => {
      const signal = AbortSignal.timeout(index * 12);
      await expect(runPython(source, word, { signal })).rejects.toThrow('timeout');
    });
    await Promise.all(starts);
    expect(runs(word)).toBe(false);
  });

  it('shows lines of the source in a traceback', async () => {
    const source = `
import traceback
def main(inputs):
    try:
        return 1 / 0  # here
    except ZeroDivisionError:
        traceback.print_exc()
`;
    const { stderr } = await runPython(source);
    expect(stderr).toContain('return 1 / 0  # here');
  });

  it.each([
    [
      'a message that JSON cannot carry',
      'def main(inputs):\n    raise ValueError("a\\0b\\ud800")\n',
      'ValueError: a\\0b\\ud800',
      2,
    ],
    [
      'a syntax error of another text',
      'import ast\ndef main(inputs):\n    ast.parse("\\n" * 98 + ")")\n',
      "SyntaxError: unmatched ')' (<unknown>, line 99)",
      3,
    ],
    [
      'a syntax error without a line',
      'def main(inputs):\n    raise SyntaxError("no", ("<code>", 0, 0, ""))\n',
      'SyntaxError: no (<code>, line 0)',
      null,
    ],
  ])('tells its author of %s', async (_, source, message, line) => {
    const { outcome } = await runPython(source);
    expect(outcome).toEqual({ problem: { type: 'error', message, line } });
  });

  it('says what it is that is too large: files, not what was printed', async () => {
    const source = 'def main(inputs):\n    open("out/a", "wb").write(bytes(2_000_000))\n';
    const { outcome } = await runPython(source);
    expect(outcome).toMatchObject({
      problem: { type: 'output_limit', message: expect.stringMatching(/files of 1000000 bytes together/) },
    });
  });

  it('has the types of its data classes and the time zones of the machine', async () => {
    const source = `
import dataclasses, typing, zoneinfo
@dataclasses.dataclass
class Point:
    x: "Point | None"
def main(inputs):
    return [list(typing.get_type_hints(Point)), zoneinfo.ZoneInfo("Europe/Vienna").key]
`;
    const { outcome } = await runPython(source);
    expect(outcome).toMatchObject({ value: [['x'], 'Europe/Vienna'] });
  });

  it('keeps the digits of integers that no number keeps', async () => {
    const { outcome } = await runPython('def main(inputs):\n    return [2 ** 53 + 1, 7]\n');
    expect(outcome).toMatchObject({ value: ['9007199254740993', 7] });
  });

  it('has no descriptor that the worker was started with', async () => {
    const script = `
      import { runPython } from './test/support/sandbox/python.ts';
      const links = 'os.path.realpath("/proc/self/fd/" + name) for name in os.listdir("/proc/self/fd")';
      const source = 'import os\\ndef main(inputs):\\n    return [' + links + ']';
      console.log(JSON.stringify((await runPython(source)).outcome));
    `;
    const file = openSync(import.meta.filename, 'r');
    // Node closes what it was started with for programs that it starts, but not what comes after a gap above descriptor 16.
    const inherited = (index: number) => (index < 16 || index === 100 ? file : ('ignore' as const));
    const stdio = Array.from({ length: 101 }, (_, index) => (index === 1 ? ('pipe' as const) : inherited(index)));
    const worker = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], { stdio });
    const said: string[] = [];
    worker.stdout?.on('data', (part) => said.push(String(part)));
    await once(worker, 'close');
    closeSync(file);
    const { value } = JSON.parse(said.join(''));
    expect(value).toContain('/dev/null');
    expect(value.filter((path: string) => path.endsWith('.ts'))).toEqual([]);
  });

  it('gets its parts from a folder that only its owner can see, though a umask closed them, and nothing else of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lodestone private '));
    const packages = join(folder, 'packages');
    await mkdir(packages);
    await chmod(packages, 0o700);
    await writeFile(join(packages, 'inner.py'), 'value = 1', { mode: 0o600 });
    await chmod(folder, 0o700);
    const own = createPythonSandbox({ ...testSandbox, packages, imports: ['inner', 'os'] });
    const source = `import inner, os\ndef main(inputs):\n    return [inner.value, os.path.exists(inputs)]\n`;
    const request = { source, inputs: folder, files: [], limits: testLimits, signal: new AbortController().signal };
    expect(await own(request)).toMatchObject({ outcome: { value: [1, false] } });
    await rm(folder, { recursive: true });
  });

  it('rejects, and does not blame the code, where the sandbox does not start', async () => {
    const broken = createPythonSandbox({ ...testSandbox, packages: '/nowhere' });
    const files = [{ name: 'large', bytes: Buffer.alloc(5_000_000) }];
    const request = { source: 'def main(inputs):\n    return 1\n', inputs: {}, files, limits: testLimits };
    await expect(broken({ ...request, signal: new AbortController().signal })).rejects.toThrow(
      'the sandbox does not start: /nowhere does not exist',
    );
  });

  it('samples the memory of all its processes', async () => {
    const source = `
import os, time
def main(inputs):
    for _ in range(2):
        if os.fork() == 0:
            taken = b"x" * 50_000_000
            time.sleep(5)
            os._exit(0)
    time.sleep(1)
    return 1
`;
    const { peakBytes } = await runPython(source, {}, { limits: testLimits });
    expect(peakBytes).toBeGreaterThan(100_000_000);
  });
});
