import { type CallToolResult, McpServer } from "@modelcontextprotocol/server";
import { DomainError } from "@steward/contract/errors";
import type { Tool } from "./tool.ts";

export interface ToolServerOptions {
  version: string;
  /** What no model can do anything about; told to it only as "failed". */
  onUnexpected: (error: unknown, tool: string) => void;
}

/** A server of the protocol with these tools, for one connection or one request. */
export function createToolServer<Port>(
  tools: readonly Tool<Port>[],
  port: Port,
  { version, onUnexpected }: ToolServerOptions,
): McpServer {
  const server = new McpServer({ name: "steward", version });
  for (const tool of tools) {
    const { name, title, description, readOnly, idempotent, destructive } = tool;
    const annotations = {
      title,
      readOnlyHint: readOnly,
      idempotentHint: idempotent,
      destructiveHint: destructive,
      // All of it is ours: nothing outside is asked.
      openWorldHint: false,
    };
    server.registerTool(
      name,
      { title, description, inputSchema: tool.input, annotations },
      async (input): Promise<CallToolResult> => {
        try {
          return said(await tool.call(port, input));
        } catch (error) {
          if (error instanceof DomainError) return failed(error.message);
          onUnexpected(error, name);
          return failed("Steward could not do this now. Go on without it, and tell the person.");
        }
      },
    );
  }
  return server;
}

const said = (answer: unknown): CallToolResult => ({
  content: [{ type: "text", text: JSON.stringify(answer) }],
});

const failed = (text: string): CallToolResult => ({ content: [{ type: "text", text }], isError: true });
