/**
 * How much memory our long-lived processes may take. V8 sizes its heap by the machine: on a large one it lets 300 MB of
 * garbage pile up before it collects 100 MB of live objects, so that a process seems to grow with its work. The same
 * options stand in package.json and the Dockerfile, for processes that are started by themselves.
 */

/**
 * The heap's limit is ten times what a worker lives on, and lets V8 collect at half as much again instead of at four
 * times; young objects are kept apart up to 8 MB a half, of 32, which costs a worker under load a tenth of its time.
 */
export const heapArguments = ['--max-old-space-size=1024', '--max-semi-space-size=8'] as const;
