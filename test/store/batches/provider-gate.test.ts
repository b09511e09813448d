import { describe, expect, it } from 'vitest';
import {
  learnLimits,
  openGate,
  passGate,
  reportToGate,
  type Gate,
  type Passage,
} from '../../../store/batches/provider-gate.ts';

const start = 1_000_000;
const down = { kind: 'unavailable', retryAfterMilliseconds: null } as const;

function passed(passage: Passage): Gate {
  if (!passage.passed) throw new Error(passage.why);
  return passage.gate;
}

/** A gate after so many failures of calls that had passed it open. */
function after(failures: number): Gate {
  let gate = openGate;
  for (let index = 0; index < failures; index += 1) gate = reportToGate(gate, down, false, start);
  return gate;
}

describe("the gate before a provider's model", () => {
  it('keeps the requests and tokens a minute that the headers told, and fills up again', () => {
    const told = { requests: { limit: 60, remaining: 2 }, tokens: { limit: 6000, remaining: 100 } };
    let gate = learnLimits(openGate, told, start);
    gate = passed(passGate(gate, 10, start));
    gate = passed(passGate(gate, 10, start));
    expect(passGate(gate, 10, start)).toMatchObject({ passed: false, waitMilliseconds: 1000 });
    expect(passGate(gate, 10, start + 1000).passed).toBe(true);
    expect(passGate(learnLimits(openGate, told, start), 200, start)).toMatchObject({ waitMilliseconds: 1000 });
  });

  it('lets a call that is larger than a whole minute go when the bucket is full', () => {
    const gate = learnLimits(openGate, { requests: null, tokens: { limit: 100, remaining: 100 } }, start);
    expect(passGate(gate, 5000, start).passed).toBe(true);
  });

  it('closes for as long as Retry-After says', () => {
    const gate = reportToGate(openGate, { kind: 'rate_limited', retryAfterMilliseconds: 7000 }, false, start);
    expect(passGate(gate, 1, start + 6999)).toMatchObject({ passed: false, waitMilliseconds: 1 });
    expect(passGate(gate, 1, start + 7000)).toMatchObject({ passed: true, probe: true });
  });

  it('trips after some failures in a row and then lets one call try at a time', () => {
    expect(passGate(after(4), 1, start).passed).toBe(true);
    const tripped = after(5);
    expect(passGate(tripped, 1, start)).toMatchObject({ passed: false });
    const probing = passed(passGate(tripped, 1, start + 1000));
    expect(passGate(probing, 1, start + 1001)).toMatchObject({ passed: false });
    const back = reportToGate(probing, { kind: 'answered' }, true, start + 1100);
    expect(passGate(back, 1, start + 1100)).toMatchObject({ passed: true, probe: false });
  });

  it('waits longer after each failed probe, but not for those that had passed before', () => {
    let gate = after(5);
    for (let index = 0; index < 40; index += 1) gate = reportToGate(gate, down, false, start + 10);
    expect(passGate(gate, 1, start + 2100).passed).toBe(true);
    const waits: number[] = [];
    let now = start + 2100;
    for (let probe = 0; probe < 8; probe += 1) {
      gate = reportToGate(passed(passGate(gate, 1, now)), down, true, now);
      const refused = passGate(gate, 1, now);
      if (refused.passed) throw new Error('it is open');
      waits.push(refused.waitMilliseconds);
      now += refused.waitMilliseconds;
    }
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('takes an answer to a call from before the outage for no sign that it is over', () => {
    const gate = reportToGate(after(5), { kind: 'answered' }, false, start);
    expect(passGate(gate, 1, start).passed).toBe(false);
  });

  it('forgets a probe whose worker died', () => {
    const probing = passed(passGate(after(5), 1, start + 1000));
    expect(passGate(probing, 1, start + 77_000)).toMatchObject({ passed: true, probe: true });
  });
});
