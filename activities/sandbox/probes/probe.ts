/** A try to get out of the sandbox, or past one of its limits. */
export interface Probe {
  readonly kind: 'files' | 'network' | 'processes' | 'kernel' | 'resources' | 'results' | 'javascript';
  /** What the code tries; in `docs/sandbox.md` and in the test's title. */
  readonly tries: string;
  /** What holds it. */
  readonly heldBy: string;
  /**
   * Defines `main(inputs)`, which returns whether it succeeded. `inputs` has what a test offers as bait: the path of a file,
   * the port of a server, an abstract socket's name, a variable's value and the number of a process, all of the host.
   */
  readonly source: string;
  /** Why plain Python cannot show that the probe works where nothing holds it; left out where it can, and the test does. */
  readonly noControl?: string;
  /** It harms what runs beside it in the same sandbox. */
  readonly alone?: boolean;
}

/** Python that returns whether a statement succeeded. */
export function attempt(statements: string, before = ''): string {
  const body = statements
    .trim()
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n');
  return `${before}\ndef main(inputs):\n    try:\n${body}\n        return True\n    except (OSError, ValueError, RuntimeError) as error:\n        return False\n`;
}

/** Calls the kernel directly, so that no library decides. */
export const systemCall = `
import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
def call(x64, arm64, *values):
    number = x64 if platform.machine() == "x86_64" else arm64
    libc.syscall.restype = ctypes.c_long
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(value) if isinstance(value, int) else value for value in values])
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result
`;
