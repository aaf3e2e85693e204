import type { EndpointResult } from "@steward/contract/endpoint";
import type { GatewayMessage, gatewaySend } from "@steward/contract/gateway";
import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { type StreamDeps, streamResponse } from "../streams/stream-response.ts";
import { acceptMessage, followTurn, type GatewayTurnDeps } from "./gateway-turn.ts";

const KEEP_ALIVE_MS = 10_000;

/**
 * Waits for the answer with the status and headers already sent and white space as keep-alive: both clients parse it,
 * and a connection lost after the headers is never posted again (wire contract §4.1).
 */
export function sendAndWait(
  c: Context<ApiEnv>,
  deps: GatewayTurnDeps & StreamDeps,
  message: GatewayMessage,
): Response {
  const accepted = acceptMessage(deps.gateway, message);
  const options = {
    headers: { "content-type": "application/json; charset=utf-8" },
    keepAlive: { text: " ", everyMs: KEEP_ALIVE_MS },
    onClose: (complete: boolean) => {
      if ("turnId" in accepted) accepted.responseEnded(complete);
    },
  };
  return streamResponse(c, deps, options, (writer) => {
    const answer = (response: string): void => {
      const body: EndpointResult<typeof gatewaySend> = { response, session_key: message.chat_id };
      writer.write(JSON.stringify(body));
      writer.end();
    };
    if ("refusal" in accepted) {
      answer(accepted.refusal);
      return undefined;
    }
    writer.write(" ");
    return followTurn(deps, message, accepted.turnId, { onEnd: answer });
  });
}
