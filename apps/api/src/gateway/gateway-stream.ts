import type { GatewayMessage } from "@steward/contract/gateway";
import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import {
  type StreamDeps,
  type StreamResponseOptions,
  type StreamWriter,
  streamResponse,
} from "../streams/stream-response.ts";
import { createAnswerPieces } from "./answer-pieces.ts";
import { RESTARTING_TEXT } from "./gateway-texts.ts";
import { acceptMessage, followTurn, type GatewayTurnDeps } from "./gateway-turn.ts";

const KEEP_ALIVE_MS = 10_000;

/**
 * The ancestor's stream (wire contract §4). Its client answers every failure of the stream by running the prompt a
 * second time, so: no `error` event, no long line, an end that is always `done` or text, and a body that is delimited
 * by the connection's close, where even a crash of ours looks like an end.
 */
export function sendAndStream(
  c: Context<ApiEnv>,
  deps: GatewayTurnDeps & StreamDeps,
  message: GatewayMessage,
): Response {
  const accepted = acceptMessage(deps.gateway, message);
  // Until the turn's own end has been told, the same message posted again joins the turn.
  let told = false;
  let writer: StreamWriter | undefined;
  const pieces = createAnswerPieces((line) => writer?.write(line));
  const end = (text: string): void => {
    pieces.end(text);
    writer?.end();
  };
  const options: StreamResponseOptions = {
    headers: { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" },
    keepAlive: { text: ": ping\n\n", everyMs: KEEP_ALIVE_MS },
    closeDelimited: true,
    onServiceStop: () => end(RESTARTING_TEXT),
    onClose: (complete) => {
      if ("turnId" in accepted) accepted.responseEnded(complete && told);
    },
  };
  return streamResponse(c, deps, options, (opened) => {
    writer = opened;
    if ("refusal" in accepted) {
      end(accepted.refusal);
      return undefined;
    }
    writer.write(": accepted\n\n");
    return followTurn(deps, message, accepted.turnId, {
      onThinking: pieces.thinking,
      onText: pieces.text,
      onEnd: (text, settled) => {
        told = settled;
        end(text);
      },
    });
  });
}
