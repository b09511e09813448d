/** Spans of a browser session: how it began, each action, and each picture. Of an action only its kind is told. */
import type { ComputerHosts, LastingComputer } from '../../activities/ports.ts';
import type { Traces } from '../../traces/traces.ts';
import { overriding } from './overriding.ts';

export function tracedComputers(computers: ComputerHosts, traces: Traces): ComputerHosts {
  return overriding(computers, {
    open: (owner, settings, restore, signal) =>
      traces.within({ name: 'browser open' }, async () =>
        tracedComputer(await computers.open(owner, settings, restore, signal), traces),
      ),
    reattach: (owner, mark, onDenied, signal) =>
      traces.within({ name: 'browser reattach' }, async () => {
        const found = await computers.reattach(owner, mark, onDenied, signal);
        return found === null ? null : { ...found, computer: tracedComputer(found.computer, traces) };
      }),
  });
}

function tracedComputer(computer: LastingComputer, traces: Traces): LastingComputer {
  return overriding(computer, {
    perform: (action, signal) =>
      traces.within({ name: 'browser action', attributes: { 'lodestone.action': action.type } }, () =>
        computer.perform(action, signal),
      ),
    sight: (signal) => traces.within({ name: 'browser picture' }, () => computer.sight(signal)),
    screenshot: (signal) => traces.within({ name: 'browser picture' }, () => computer.screenshot(signal)),
  });
}
