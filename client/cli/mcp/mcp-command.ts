/** `lodestone mcp`: the expert tools for an MCP client that starts this command. */
import type { Command } from 'commander';
import { serveMcp } from '../../mcp/stdio/serve.ts';
import type { Api } from '../api/client.ts';

export function addMcpCommand(program: Command, api: () => Api): void {
  program
    .command('mcp')
    .description('serve the expert tools to an MCP client over standard input and output; needs the running API')
    .action(() => serveMcp(api()));
}
