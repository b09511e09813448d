/** `lodestone mcp`: the expert tools for an MCP client that starts this command. */
import type { Command } from 'commander';
import type { Api } from '../api/client.ts';

export function addMcpCommand(program: Command, api: () => Api): void {
  program
    .command('mcp')
    .description('serve the expert tools to an MCP client over standard input and output; needs the running API')
    .action(async () => {
      // Only this command needs the MCP SDK, and every other one would wait for it.
      const { serveMcp } = await import('../../mcp/stdio/serve.ts');
      serveMcp(api());
    });
}
