import type { EndpointResult } from "@steward/contract/endpoint";
import type { GatewayMessage, gatewaySend } from "@steward/contract/gateway";
import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import {
  type StreamDeps,
  type StreamResponseOptions,
  type StreamWriter,
  streamResponse,
} from "../streams/stream-response.ts";
import { RESTARTING_TEXT } from "./gateway-texts.ts";
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
  // Until the turn's own end has been told, the same message posted again joins the turn.
  let told = false;
  const answer = (writer: StreamWriter, response: string): void => {
    const body: EndpointResult<typeof gatewaySend> = { response, session_key: message.chat_id };
    writer.write(JSON.stringify(body));
    writer.end();
  };
  const options: StreamResponseOptions = {
    headers: { "content-type": "application/json; charset=utf-8" },
    keepAlive: { text: " ", everyMs: KEEP_ALIVE_MS },
    onServiceStop: (writer) => answer(writer, RESTARTING_TEXT),
    onClose: (complete) => {
      if ("turnId" in accepted) accepted.responseEnded(complete && told);
    },
  };
  return streamResponse(c, deps, options, (writer) => {
    if ("refusal" in accepted) {
      answer(writer, accepted.refusal);
      return undefined;
    }
    writer.write(" ");
    return followTurn(deps, message, accepted.turnId, {
      onEnd: (text, settled) => {
        told = settled;
        answer(writer, text);
      },
    });
  });
}
