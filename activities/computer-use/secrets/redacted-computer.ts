/**
 * A computer whose output contains no secret: addresses, notes, labels of controls and stored state have placeholders
 * instead.
 */
import type {
  BrowserState,
  Computer,
  ComputerDownloads,
  ComputerFactory,
  ComputerSettings,
  Download,
  OfferedContent,
  PersonOnly,
  Screenshot,
  Sight,
  Target,
} from '../../ports.ts';
import { ActionProblem, type ComputerAction } from '../actions.ts';
import { withoutSecrets, withSecrets } from './secret-state.ts';
import type { BoundSecret } from './bound-secret.ts';
import { createRedactor } from './typed-secrets.ts';

export class RedactedComputer implements Computer {
  private readonly computer: Computer;
  private readonly secrets: readonly BoundSecret[];
  private readonly redact: (text: string) => string;

  constructor(computer: Computer, secrets: readonly BoundSecret[]) {
    this.computer = computer;
    this.secrets = secrets;
    this.redact = createRedactor(secrets);
  }

  async perform(action: ComputerAction, signal: AbortSignal): Promise<void> {
    try {
      await this.computer.perform(action, signal);
    } catch (error) {
      throw error instanceof ActionProblem ? new ActionProblem(this.redact(error.message)) : error;
    }
  }

  async describeTarget(action: ComputerAction, signal: AbortSignal): Promise<Target> {
    const target = await this.computer.describeTarget(action, signal);
    return { ...target, words: target.words === null ? null : this.redact(target.words) };
  }

  personOnly(action: ComputerAction, signal: AbortSignal): Promise<PersonOnly | null> {
    return this.computer.personOnly(action, signal);
  }

  screenshot(signal: AbortSignal): Promise<Screenshot> {
    return this.computer.screenshot(signal);
  }

  url(): string {
    return this.redact(this.computer.url());
  }

  async state(signal: AbortSignal): Promise<BrowserState> {
    return withoutSecrets(await this.computer.state(signal), this.secrets);
  }

  async sight(signal: AbortSignal): Promise<Sight> {
    const { picture, state } = await this.computer.sight(signal);
    return { picture, state: withoutSecrets(state, this.secrets) };
  }

  takeNotes(): readonly string[] {
    return this.computer.takeNotes().map(this.redact);
  }

  putFile(file: OfferedContent, signal: AbortSignal): Promise<void> {
    return this.computer.putFile(file, signal);
  }

  get downloads(): ComputerDownloads {
    const { downloads } = this.computer;
    const redacted = (file: Download): Download => ({ ...file, name: this.redact(file.name) });
    return {
      list: async (wait, signal) => {
        const { finished, running } = await downloads.list(wait, signal);
        return { finished: finished.map(redacted), running: running.map(redacted) };
      },
      read: (id, signal) => downloads.read(id, signal),
      drop: (id, signal) => downloads.drop(id, signal),
    };
  }

  close(): Promise<void> {
    return this.computer.close();
  }
}

/** A factory for computers that know their settings' secrets and reveal none of them. */
export function redactedFactory(factory: ComputerFactory): ComputerFactory {
  return {
    async open(settings, restore, signal) {
      const { secrets, onDenied } = settings;
      if (secrets.length === 0) return factory.open(settings, restore, signal);
      const redact = createRedactor(secrets);
      const onRedactedDenial: ComputerSettings['onDenied'] = ({ target, reason }) =>
        onDenied({ target: redact(target), reason: redact(reason) });
      const state = restore === null ? null : withSecrets(restore, secrets);
      const computer = await factory.open({ ...settings, onDenied: onRedactedDenial }, state, signal);
      return new RedactedComputer(computer, secrets);
    },
  };
}
