/** The files that this process was started with. They would reach a sandbox, unlike those that Node opens itself. */
import { readdirSync, readFileSync } from 'node:fs';

let inherited: readonly number[] | null = null;

/**
 * Open descriptors above standard error that a program which this process starts would get. They are looked up once, since a worker may have
 * thousands of others, and none is added: Node and its libraries open files for this process alone.
 */
export function inheritedDescriptors(): readonly number[] {
  inherited ??= descriptorsThatStay();
  return inherited;
}

function descriptorsThatStay(): readonly number[] {
  return readdirSync('/proc/self/fdinfo')
    .map(Number)
    .filter((descriptor) => descriptor > 2 && !closesAtStart(descriptor));
}

/** `O_CLOEXEC` of Linux, which `/proc` shows in octal. */
const closeAtStart = 0o2_000_000;

function closesAtStart(descriptor: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & closeAtStart) !== 0;
  } catch {
    // The one that listed the folder is closed.
    return true;
  }
}
