import { listRecalls, traceTurn } from "@steward/contract/turn-history";
import { retryTurn, turnEvents } from "@steward/contract/turns";
import { useQuery } from "@tanstack/react-query";
import { applyTurnEvent, type LiveTurn, openTurn } from "../live/turn-state.ts";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";
import { useAction } from "./use-action.ts";

/** What a turn was reminded of. It never changes. */
export const useRecalls = (turnId: string, enabled: boolean) =>
  useQuery({
    queryKey: queryKey("memories", "recalls", turnId),
    queryFn: ({ signal }) => api.call(listRecalls, { params: { turnId }, signal }),
    enabled,
  });

/** The steps of an ended turn, from its log: its tools, what was thought. Null: the log is too old to be kept. */
export const useTurnLog = (turnId: string, enabled: boolean) =>
  useQuery({
    queryKey: queryKey("search", "turn-log", turnId),
    queryFn: async ({ signal }): Promise<LiveTurn | null> => {
      const { turn, logKept } = await api.call(traceTurn, { query: { turnId }, signal });
      if (!logKept) return null;
      let state = openTurn({
        ...{ turnId, botId: turn.botId, chatId: turn.chatId, threadId: turn.threadId, state: turn.state },
        ...{ language: "en", receivedAt: turn.receivedAt, startedAt: turn.startedAt, queuePosition: null },
        ...{ held: false, replyToMessageId: null, placeholderId: null, text: "", tools: [], approvals: [] },
      });
      for await (const { event } of api.streamEvents(turnEvents, { params: { turnId }, signal })) {
        state = applyTurnEvent(state, event);
      }
      return state;
    },
    enabled,
  });

/** Runs an ended turn again, once per press. */
export const useRetry = () =>
  useAction(({ turnId, mode }: { turnId: string; mode: "retry" | "continue" }) =>
    api.call(retryTurn, {
      params: { turnId },
      headers: { "idempotency-key": crypto.randomUUID() },
      body: { mode },
    }),
  );
