import { chatAddressSchema } from "@steward/contract/ids";
import type { AgentDesk } from "@steward/core/recall/agent-desk";
import type { Logger } from "@steward/platform/logger";
import type { Hono } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { refuse } from "../http/error-response.ts";
import { AGENT_TOOLS_PATH } from "../security/exceptions.ts";

const OWNER_HINT = "With the API's token name the chat: /mcp?botId=…&chatId=…";

/** What speaks the protocol: 10 MB that an API at rest does not need. Whoever starts a session may begin early. */
export const loadAgentTools = () =>
  Promise.all([import("@steward/mcp-tools/tool-endpoint"), import("@steward/mcp-tools/memory-tools")]);

/**
 * The tools of agents, by MCP over HTTP. A session's key means its own chat, whatever the request says besides; the owner's
 * token has to name one.
 */
export function mountAgentTools(
  app: Hono<ApiEnv>,
  deps: { agents: AgentDesk; version: string; log: Logger },
): void {
  const { agents, version, log } = deps;
  app.post(AGENT_TOOLS_PATH, async (c) => {
    c.set("route", AGENT_TOOLS_PATH);
    const agentChat = c.get("agentChat");
    const named = agentChat === undefined ? chatAddressSchema.safeParse(c.req.query()) : null;
    if (named && !named.success) return refuse("validation_failed", OWNER_HINT);
    const port =
      agentChat === undefined && named ? agents.forOwner(named.data) : agents.forAgent(agentChat ?? 0);
    const body = parseJson(c.get("bodyText") ?? "");
    if (body === null) return refuse("validation_failed", "The body is no JSON");
    const [{ answerToolRequest }, { MEMORY_TOOLS }] = await loadAgentTools();
    const { url, method, headers } = c.req.raw;
    return await answerToolRequest(new Request(url, { method, headers }), body.value, MEMORY_TOOLS, port, {
      version,
      onUnexpected: (error, tool) => log.error({ err: error, tool }, "a tool of the agent's failed"),
    });
  });
}

function parseJson(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}
