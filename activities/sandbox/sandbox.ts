/** What sandboxed code is given, what it may use, and what is learnt from it. Everything that it returns is hostile. */
import type { JsonValue } from '../../workflows/contract/json/json.ts';

export interface SandboxLimits {
  /** Seconds from the start to the end, whatever the code does meanwhile. */
  readonly seconds: number;
  /** Seconds of processor time of each process. */
  readonly cpuSeconds: number;
  /** Of each process's addresses, and of the real memory of all together. The scratch folder's files come on top. */
  readonly memoryBytes: number;
  /** Of all files in the folder that the code can write. */
  readonly scratchBytes: number;
  readonly scratchFiles: number;
  /** Processes and threads at the same time. */
  readonly processes: number;
  readonly openFiles: number;
  /** Of standard output and standard error, each. */
  readonly outputBytes: number;
  /** Of the returned value as JSON, with the list of files. It is read on the event loop: 128 KiB take up to 20 ms. */
  readonly valueBytes: number;
  /** Of all returned files together. */
  readonly fileBytes: number;
  readonly files: number;
}

export interface SandboxFile {
  /** Without folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface CodeRequest {
  /** Defines `main(inputs)`, which returns a JSON value. */
  readonly source: string;
  readonly inputs: JsonValue;
  /** In the folder `in`; what the code writes to `out` is returned. */
  readonly files: readonly SandboxFile[];
  readonly limits: SandboxLimits;
  /** Ends the code and everything that it has started. */
  readonly signal: AbortSignal;
  /** Told about once a second while the code runs. */
  readonly onUse?: (use: ResourceUse) => void;
  /**
   * Modules of Python that are imported before the code is given. Runs with the same ones and the same scratch folder are expected to
   * come soon after each other: the next process is started meanwhile.
   */
  readonly preload?: readonly string[];
}

/** What all processes of the code use at one moment. */
export interface ResourceUse {
  readonly memoryBytes: number;
  /** Since their start, with the start of the interpreter. */
  readonly processorSeconds: number;
}

/** Why code gave no value. `error` is one of its own, `crashed` an end without any word. */
export type CodeProblemType = 'error' | 'forbidden_import' | 'time_limit' | 'memory_limit' | 'output_limit' | 'crashed';

export interface CodeProblem {
  readonly type: CodeProblemType;
  readonly message: string;
  /** Of the source, from 1; null where it is not known. */
  readonly line: number | null;
}

export interface CodeResult {
  readonly outcome:
    | { readonly value: JsonValue; readonly files: readonly SandboxFile[] }
    | { readonly problem: CodeProblem };
  /** What the code wrote, as far as the limit allows. */
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** The most real memory of all processes at one moment, as far as it was sampled. */
  readonly peakBytes: number;
  /** False when nothing but limits held the code, as the operator chose. */
  readonly contained: boolean;
}

/** There is no sandbox on this machine, or it does not start: a fault of the installation, not of the code. */
export class SandboxUnavailable extends Error {
  override readonly name = 'SandboxUnavailable';

  constructor(why: string) {
    super(`the sandbox does not start: ${why}`);
  }
}

/** Runs the code. Rejects with the reason of its signal when it is aborted, and with `SandboxUnavailable`. */
export type RunCode = (request: CodeRequest) => Promise<CodeResult>;
