/**
 * The memory limits of long-lived processes. V8 sizes its heap by the machine: on a large one it lets 300 MB of garbage
 * pile up before it collects 100 MB of live objects, so that a process seems to grow with its work. package.json and
 * the Dockerfile set the same options, for processes that are started directly.
 */

/**
 * The heap's limit is ten times what a worker needs, and makes V8 collect at one and a half times the live size instead
 * of four times; the young generation has up to 8 MB a half instead of 32, which costs a worker under load a tenth of
 * its time.
 */
export const heapArguments = ['--max-old-space-size=1024', '--max-semi-space-size=8'] as const;
