import { listAccess, listPairingRequests } from "@steward/contract/access";
import { listAccessChats } from "@steward/contract/access-chats";
import { listBots } from "@steward/contract/bots";
import { listInvitations } from "@steward/contract/invitations";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

export const useBots = () =>
  useQuery({
    queryKey: queryKey("access", "bots"),
    queryFn: ({ signal }) => api.call(listBots, { signal }),
  });

/** Who may use which bot, all bots. */
export const usePeople = () =>
  useQuery({
    queryKey: queryKey("access", "people"),
    queryFn: ({ signal }) => api.call(listAccess, { signal }),
  });

/** Who waits to be let in, the first first. */
export const usePairingRequests = () =>
  useQuery({
    queryKey: queryKey("access", "requests"),
    queryFn: ({ signal }) => api.call(listPairingRequests, { signal }),
  });

/** Groups in which bots may be used. */
export const useAccessChats = () =>
  useQuery({
    queryKey: queryKey("access", "chats"),
    queryFn: ({ signal }) => api.call(listAccessChats, { signal }),
  });

export const useInvitations = () =>
  useQuery({
    queryKey: queryKey("access", "invitations"),
    queryFn: ({ signal }) => api.call(listInvitations, { signal }),
  });

/** Who may do what has changed here: asked again at once, not only when the stream tells it. */
export const useAccessChanged = () => {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: queryKey("access") });
};
