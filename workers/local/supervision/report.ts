/** What is told of a part of the installation. */
export type PartState = 'starting' | 'running' | 'waiting' | 'given_up' | 'stopped';

export interface PartReport {
  readonly name: string;
  readonly state: PartState;
  /** How often it was started again since the installation was. */
  readonly restarts: number;
  readonly lastDeath: { readonly at: Date; readonly reason: string } | null;
}

/** Told of every change, with a sentence for the log where there is one. */
export type OnChange = (report: PartReport, sentence: string | null) => void;
