import { stopChat } from "@steward/contract/chats";
import type { ChatAddress } from "@steward/contract/ids";
import { listSessions, type SessionInfo } from "@steward/contract/sessions";
import { useQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";
import { useAction } from "./use-action.ts";

/** Every chat's session. Asked again when one changes, and now and then for what its processes take. */
export const useSessions = () =>
  useQuery({
    queryKey: queryKey("sessions", "list"),
    queryFn: ({ signal }) => api.call(listSessions, { signal }),
    refetchInterval: 15_000,
  });

/** Awake: a process is there, or is being started; or something waits for one. */
export const isAwake = ({ state, waiting }: SessionInfo): boolean =>
  waiting > 0 || (state !== "idle" && state !== "suspended");

/** Which chat it is, in one string. */
export const chatKey = ({ botId, chatId, threadId }: ChatAddress): string => `${botId}/${chatId}/${threadId}`;

/** Interrupts a turn, if it still runs; what waits is held. */
export const useStop = () =>
  useAction(({ botId, chatId, threadId, turnId }: ChatAddress & { turnId: string }) =>
    api.call(stopChat, { body: { botId, chatId, threadId, turnId } }),
  );
