import { createMcpHandler } from "@modelcontextprotocol/server";
import type { Tool } from "./tool.ts";
import { createToolServer, type ToolServerOptions } from "./tool-server.ts";

/**
 * Answers one request of MCP's streamable HTTP, without a session: every request stands for itself. Reading streams and
 * ending sessions, of which there are none, is answered 405.
 *
 * @param request already let in: nothing about who asks is judged here
 * @param body its JSON, parsed
 */
export async function answerToolRequest<Port>(
  request: Request,
  body: unknown,
  tools: readonly Tool<Port>[],
  port: Port,
  options: ToolServerOptions,
): Promise<Response> {
  const handler = createMcpHandler(() => createToolServer(tools, port, options));
  return await handler.fetch(request, { parsedBody: body });
}
