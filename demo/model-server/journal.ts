/** Records every request, so that tests can count requests, paid calls, and calls that were paid twice. */
import type { Fault } from './faults.ts';
import type { Usage } from './responses/usage.ts';

export type RequestKind =
  | 'create'
  | 'retrieve'
  | 'cancel'
  | 'delete'
  | 'input_items'
  | 'models'
  | 'files'
  | 'batches'
  | 'unknown';

export interface JournalEntry {
  readonly number: number;
  /** The time of the request (ISO 8601). */
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly kind: RequestKind;
  readonly model: string | null;
  /** The form of the computer tool in a create. */
  readonly computerTool: 'ga' | 'preview' | null;
  readonly responseId: string | null;
  readonly previousResponseId: string | null;
  /** The batch of the request; for a create, the batch that contains it as a line. */
  readonly batchId: string | null;
  readonly answeredCallIds: readonly string[];
  /** The hash of the newest picture in the request. */
  readonly imageSha256: string | null;
  readonly imageSize: { readonly width: number; readonly height: number } | null;
  readonly inputSha256: string | null;
  readonly fault: Fault['kind'] | null;
  /** Null when no complete answer was sent. */
  readonly httpStatus: number | null;
  /** The status of the created response, or the message of the error. */
  readonly outcome: string | null;
  /** The types of the actions in the answer. */
  readonly actions: readonly string[];
  /** Set when the tokens of a create are used: then the call is paid, whether or not its answer arrives. */
  readonly usage: Usage | null;
}

export interface JournalCounters {
  /** Creates that used tokens. */
  readonly paidCreates: number;
  /** Paid creates with the same parent and input as an earlier one. */
  readonly repeatedCreates: number;
  readonly retrieves: number;
  readonly effectsRequested: Readonly<Record<string, number>>;
}

export interface Journal {
  readonly entries: readonly JournalEntry[];
  counters(): JournalCounters;
}

type Given = 'number' | 'time' | 'method' | 'path' | 'kind';
type Note = Partial<Omit<JournalEntry, Given>>;

/** The journal with the methods that write to it. */
export class Notebook implements Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #changed: (entry: JournalEntry) => void;

  /** Calls `changed` with every new entry, and again at each change of it. */
  constructor(changed: (entry: JournalEntry) => void = () => {}) {
    this.#changed = changed;
  }

  get entries(): readonly JournalEntry[] {
    return [...this.#entries];
  }

  /** Adds an entry. Returns a function that changes it. */
  open(request: Pick<JournalEntry, 'method' | 'path' | 'kind'>): (note: Note) => void {
    const index = this.#entries.length;
    let entry: JournalEntry = { ...blank, ...request, number: index + 1, time: new Date().toISOString() };
    this.#entries.push(entry);
    this.#changed(entry);
    return (note) => {
      entry = { ...entry, ...note };
      this.#entries[index] = entry;
      this.#changed(entry);
    };
  }

  counters(): JournalCounters {
    const paid = this.#entries.filter(({ kind, usage }) => kind === 'create' && usage !== null);
    const different = new Set(
      paid.map(({ previousResponseId, inputSha256 }) => `${previousResponseId} ${inputSha256}`),
    );
    const effectsRequested: Record<string, number> = {};
    for (const action of this.#entries.flatMap(({ actions }) => actions)) {
      effectsRequested[action] = (effectsRequested[action] ?? 0) + 1;
    }
    return {
      paidCreates: paid.length,
      repeatedCreates: paid.length - different.size,
      retrieves: this.#entries.filter(({ kind }) => kind === 'retrieve').length,
      effectsRequested,
    };
  }
}

const blank: Omit<JournalEntry, Given> = {
  model: null,
  computerTool: null,
  responseId: null,
  previousResponseId: null,
  batchId: null,
  answeredCallIds: [],
  imageSha256: null,
  imageSize: null,
  inputSha256: null,
  fault: null,
  httpStatus: null,
  outcome: null,
  actions: [],
  usage: null,
};
