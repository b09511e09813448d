import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { slowStartWarning, startScript } from '../../../../scripts/toolchain/tools/java-test-server.mjs';
import { placeProgram } from '../../surroundings-fake.ts';

describe("the script around the test server's jars", () => {
  const folder = mkdtempSync(join(tmpdir(), 'lodestone test server-'));
  const script = placeProgram(folder, 'temporal-test-server', startScript(['b.jar', 'a.jar']));
  placeProgram(folder, 'bin/java', '#!/bin/sh\nfor argument in "$@"; do echo "$argument"; done\n');
  const run = () =>
    execFileSync(script, ['7233', '--more'], { encoding: 'utf8', env: { PATH: `${folder}/bin:/usr/bin:/bin` } }).split(
      '\n',
    );

  it('passes on what the SDK gives it, with the jars in a fixed order, from a folder with spaces', () => {
    const given = run();
    expect(given).toContain(`${folder}/lib/a.jar:${folder}/lib/b.jar`);
    expect(given.slice(-4)).toEqual(['io.temporal.testserver.TestServer', '7233', '--more', '']);
    expect(given.join(' ')).not.toContain('SharedArchiveFile');
  });

  it('uses the class archive once there is one', () => {
    writeFileSync(join(folder, 'classes.jsa'), '');
    expect(run()).toContain(`-XX:SharedArchiveFile=${folder}/classes.jsa`);
  });

  it('is warned about when it starts more slowly than the SDK waits', () => {
    expect(slowStartWarning(400)).toEqual({});
    expect(slowStartWarning(5_200)).toMatchObject({ warning: expect.stringContaining('5200 ms') });
  });
});
