/** Writes down every request, so that a test can tell what was asked, what was paid for, and what was paid for twice. */
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
  /** When the request came, in ISO 8601. */
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly kind: RequestKind;
  readonly model: string | null;
  /** The form in which a create offers a computer. */
  readonly computerTool: 'ga' | 'preview' | null;
  readonly responseId: string | null;
  readonly previousResponseId: string | null;
  /** The batch that the request is about; of a create, the one that it is a line of. */
  readonly batchId: string | null;
  readonly answeredCallIds: readonly string[];
  /** Of the newest picture that came with the request. */
  readonly imageSha256: string | null;
  readonly imageSize: { readonly width: number; readonly height: number } | null;
  readonly inputSha256: string | null;
  readonly fault: Fault['kind'] | null;
  /** Null when no whole answer was sent. */
  readonly httpStatus: number | null;
  /** The status of the response that a create made, or the message of the refusal. */
  readonly outcome: string | null;
  /** Types of the actions that the answer asks for. */
  readonly actions: readonly string[];
  /** Set once the tokens of a create are used: then it was paid for, whether or not its answer arrived. */
  readonly usage: Usage | null;
}

export interface JournalCounters {
  /** Creates that used tokens. */
  readonly paidCreates: number;
  /** Those of them that had the same parent and the same input as an earlier one. */
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

/** The journal with its pen. */
export class Notebook implements Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #changed: (entry: JournalEntry) => void;

  /** `changed` is told of every entry as it is opened, and again each time that it grows. */
  constructor(changed: (entry: JournalEntry) => void = () => {}) {
    this.#changed = changed;
  }

  get entries(): readonly JournalEntry[] {
    return [...this.#entries];
  }

  /** Opens an entry; what is returned adds to it. */
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
