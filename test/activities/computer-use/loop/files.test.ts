import { describe, expect, it } from 'vitest';
import { ActionProblem } from '../../../../activities/computer-use/actions.ts';
import { firstCheckpoint } from '../../../../activities/computer-use/loop/checkpoint.ts';
import { runLoop, type LoopPorts } from '../../../../activities/computer-use/loop/loop.ts';
import { callResponse, click, fileResponse, textResponse } from '../../../support/llm/responses.ts';
import { scripted, task, textsOf } from '../../../support/computer-use/scripted-loop.ts';

const withFiles = { ...task, files: [{ name: 'cv.pdf', mediaType: 'application/pdf', bytes: 84_000 }] };

describe('files that a step offers', () => {
  it('are offered by a function that names them, and by none when there are none', async () => {
    const { ports, requests } = scripted([textResponse('r1', 'done')]);
    await runLoop(withFiles, firstCheckpoint, ports);
    expect(requests[0]?.functions?.map(({ name }) => name)).toEqual(['needs_person', 'choose_files']);
    expect(JSON.stringify(requests[0]?.functions?.[1]?.parameters)).toContain('"enum":["cv.pdf"]');
    const without = scripted([textResponse('r1', 'done')]);
    await runLoop(task, firstCheckpoint, without.ports);
    expect(without.requests[0]?.functions?.map(({ name }) => name)).toEqual(['needs_person']);
  });

  it('go to the chooser once, after the intent is kept, and the call is answered with the screen', async () => {
    const { ports, computer, requests, kept } = scripted([
      callResponse('r1', [click(1)]),
      fileResponse('r2', ['cv.pdf']),
      textResponse('r3', 'done'),
    ]);
    await runLoop(withFiles, firstCheckpoint, ports);
    expect(computer.performed).toEqual(['click at 1,1', 'choose cv.pdf']);
    const ofCall = kept.filter(({ call }) => call?.callId === 'file_r2').map(({ call }) => [call?.begun, call?.done]);
    expect(ofCall.slice(0, 3)).toEqual([
      [false, 0],
      [true, 0],
      [false, 1],
    ]);
    expect(requests[2]?.input[0]).toMatchObject({
      type: 'function_result',
      callId: 'file_r2',
      text: expect.stringContaining('taken'),
      imageUrl: 'data:screen 2',
    });
  });

  it('come before the click that was asked for with them, and both calls are answered', async () => {
    const { ports, computer, requests } = scripted([
      fileResponse('r1', ['cv.pdf', 'photo.png'], [click(1)]),
      textResponse('r2', 'done'),
    ]);
    await runLoop(withFiles, firstCheckpoint, ports);
    expect(computer.performed).toEqual(['choose cv.pdf, photo.png', 'click at 1,1']);
    expect(requests[1]?.input).toMatchObject([
      { type: 'function_result', callId: 'file_r1', imageUrl: null },
      { type: 'computer_result', callId: 'call_r1', imageUrl: 'data:screen 2' },
    ]);
  });

  it('are no others: another name is refused with a note, and what was asked for after it does not run', async () => {
    const { ports, computer, requests } = scripted([
      fileResponse('r1', ['/etc/passwd'], [click(1)]),
      textResponse('r2', 'done'),
    ]);
    await runLoop(withFiles, firstCheckpoint, ports);
    expect([computer.performed, computer.files]).toEqual([[], []]);
    expect(textsOf(requests[1])).toContain('no file /etc/passwd is offered. The 1 action after it did not run.');
    expect(requests[1]?.input[0]).toMatchObject({ text: 'It could not be done: no file /etc/passwd is offered.' });
  });

  it('that a chooser does not take are reported as such', async () => {
    const { ports, computer, requests } = scripted([fileResponse('r1', ['cv.pdf']), textResponse('r2', 'done')]);
    computer.failNext = new ActionProblem('the file chooser takes a folder, and there is none');
    await runLoop(withFiles, firstCheckpoint, ports);
    expect(requests[1]?.input[0]).toMatchObject({ text: expect.stringContaining('takes a folder') });
  });
});

describe('A05: a crash with a file under way', () => {
  const responses = [fileResponse('r1', ['cv.pdf'], [click(1)]), textResponse('r2', 'done')];

  it.each([
    ['before the page had it', { begun: false, done: 0 }, 'It did not run.'],
    ['when the page may have had it', { begun: true, done: 0 }, 'It is uncertain: it may have happened.'],
    ['after the page had it', { begun: false, done: 1 }, 'The files were taken'],
  ])('%s: it is told, and not handed over again', async (_moment, at, reported) => {
    const { ports, computer, requests, newest } = scripted(responses, {
      crashWhen: ({ call, iteration }) =>
        iteration === 1 && call?.callId === 'call_r1' && call.begun === at.begun && call.done === at.done,
    });
    await expect(runLoop(withFiles, firstCheckpoint, ports)).rejects.toThrow('crash');
    const before = [...computer.performed];
    await runLoop(withFiles, newest(), { ...ports, keep: async () => undefined });
    expect(computer.performed).toEqual(before);
    expect(requests[1]?.input[0]).toMatchObject({ callId: 'file_r1', text: expect.stringContaining(reported) });
    expect(textsOf(requests[1])).toContain('[call_r1]');
  });
});

describe('what pages downloaded', () => {
  const kept = { id: 'guid', name: 'visit.download-0001.report.pdf', bytes: 84_000 };
  const note = 'The download report.pdf (PDF, 84 kB) was kept.';

  it('A05: is in the checkpoint before the browser drops it, and reported again when a crash came before its report', async () => {
    const responses = [callResponse('r1', [click(1)]), textResponse('r2', 'done')];
    const { ports, requests, newest } = scripted(responses);
    const dropped: string[] = [];
    let crashed = false;
    const takes: number[] = [];
    const downloading: LoopPorts = {
      ...ports,
      takeDownloads: async (known) => {
        takes.push(known.length);
        const isNew = requests.length === 1 && known.length === 0;
        return { kept: isNew ? [kept] : [], notes: isNew ? [note] : [], drop: requests.length === 1 ? ['guid'] : [] };
      },
      dropDownloads: async (ids) => {
        if (ids.length > 0 && !crashed) {
          crashed = true;
          throw new Error('crash');
        }
        dropped.push(...ids);
      },
    };
    await expect(runLoop(task, firstCheckpoint, downloading)).rejects.toThrow('crash');
    await runLoop(task, newest(), downloading);
    expect(takes).toEqual([0, 0, 1]);
    expect(dropped).toEqual(['guid']);
    expect(textsOf(requests[1])).toContain(note);
    expect(newest().downloads).toEqual([kept]);
  });
});
