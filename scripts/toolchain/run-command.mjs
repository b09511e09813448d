// Runs another program. It never throws, because the set-up has another source to try:
// "not found", "timed out" and "failed" are results, not exceptions.
import { spawn } from 'node:child_process';

/**
 * @typedef {object} CommandResult
 * @property {boolean} ok ended by itself with exit code 0
 * @property {string} output standard output
 * @property {string} errors standard error, or why it could not be run
 *
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [environment] instead of this process's own
 * @property {number} [timeout] milliseconds
 *
 * @typedef {(command: string, commandArguments: string[], options?: CommandOptions) => Promise<CommandResult>} RunCommand
 */

/** @type {RunCommand} */
export function runCommand(command, commandArguments, options = {}) {
  const { cwd, environment, timeout = 60_000 } = options;
  return new Promise((resolve) => {
    const child = spawn(command, commandArguments, {
      ...(cwd === undefined ? {} : { cwd }),
      env: environment ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
      // Its child processes may keep these pipes open, and `close` would wait for them.
      child.stdout.destroy();
      child.stderr.destroy();
    }, timeout);
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ ok: false, output, errors: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({
        ok: code === 0 && !timedOut,
        output,
        errors: timedOut ? `no end after ${timeout / 1000} s` : errors,
      });
    });
  });
}

// The last lines of npm name its log, and those of apt and Maven give advice. They are not the error.
const NO_HELP = /complete log of this run|^npm error$|re-run Maven|for more information|Run "npm help/i;

/**
 * The line that says most about a failure: the last one that mentions an error, or else the last one.
 * @param {CommandResult} result
 */
export function lastOutput(result) {
  const lines = `${result.output}\n${result.errors}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !NO_HELP.test(line));
  const informative = lines.filter((line) =>
    /error|cannot|could not|unable|no end after|not permitted|denied/i.test(line),
  );
  return (informative.at(-1) ?? lines.at(-1) ?? 'no output').slice(0, 300);
}
