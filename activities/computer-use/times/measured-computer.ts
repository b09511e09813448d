/** A computer whose calls are measured. */
import type {
  BrowserMark,
  BrowserState,
  ComputerDownloads,
  DownloadList,
  LastingComputer,
  OfferedContent,
  PersonOnly,
  Screenshot,
  Sight,
  Target,
} from '../../ports.ts';
import type { ComputerAction } from '../actions.ts';
import type { Stopwatch } from './stopwatch.ts';

export class MeasuredComputer implements LastingComputer {
  private readonly computer: LastingComputer;
  private readonly stopwatch: Stopwatch;

  constructor(computer: LastingComputer, stopwatch: Stopwatch) {
    this.computer = computer;
    this.stopwatch = stopwatch;
  }

  perform(action: ComputerAction, signal: AbortSignal): Promise<void> {
    return this.measured(() => this.computer.perform(action, signal));
  }

  describeTarget(action: ComputerAction, signal: AbortSignal): Promise<Target> {
    return this.measured(() => this.computer.describeTarget(action, signal));
  }

  personOnly(action: ComputerAction, signal: AbortSignal): Promise<PersonOnly | null> {
    return this.measured(() => this.computer.personOnly(action, signal));
  }

  screenshot(signal: AbortSignal): Promise<Screenshot> {
    return this.measured(() => this.computer.screenshot(signal));
  }

  url(): string {
    return this.computer.url();
  }

  state(signal: AbortSignal): Promise<BrowserState> {
    return this.measured(() => this.computer.state(signal));
  }

  sight(signal: AbortSignal): Promise<Sight> {
    return this.measured(() => this.computer.sight(signal));
  }

  takeNotes(): readonly string[] {
    return this.computer.takeNotes();
  }

  putFile(file: OfferedContent, signal: AbortSignal): Promise<void> {
    return this.measured(() => this.computer.putFile(file, signal));
  }

  get downloads(): ComputerDownloads {
    const { downloads } = this.computer;
    return {
      list: (waitMilliseconds, signal): Promise<DownloadList> =>
        this.measured(() => downloads.list(waitMilliseconds, signal)),
      read: (id, signal) => this.measured(() => downloads.read(id, signal)),
      drop: (id, signal) => this.measured(() => downloads.drop(id, signal)),
    };
  }

  mark(): BrowserMark {
    return this.computer.mark();
  }

  refresh(signal: AbortSignal): Promise<string | null> {
    return this.measured(() => this.computer.refresh(signal));
  }

  detach(to: 'worker' | 'person'): Promise<void> {
    return this.measured(() => this.computer.detach(to));
  }

  close(): Promise<void> {
    return this.measured(() => this.computer.close());
  }

  private measured<T>(work: () => Promise<T>): Promise<T> {
    return this.stopwatch.during('browser', work);
  }
}
