import { expect, it } from 'vitest';
import { runSuite } from './suite.ts';

it('T26: passes each scenario of the official MCP conformance suite that concerns what is offered', async () => {
  const scenarios = await runSuite();
  expect(scenarios.flatMap(({ name, revision, failed }) => failed.map((why) => `${revision} ${name}: ${why}`))).toEqual(
    [],
  );
  const passed = scenarios.filter((scenario) => scenario.passed > 0).map(({ name }) => name);
  expect(passed).toEqual(
    expect.arrayContaining(['tools-call-with-progress', 'dns-rebinding-protection', 'server-stateless']),
  );
});
