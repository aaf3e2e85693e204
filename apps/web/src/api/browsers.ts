import { listWebSessions } from "@steward/contract/web-sessions";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

/** Signing in and out stands in the audit: the list is old when that has a line more. */
const KEY = queryKey("audit", "browsers");

/** Browsers that are signed in, the latest seen first. */
export const useBrowsers = () =>
  useQuery({ queryKey: KEY, queryFn: ({ signal }) => api.call(listWebSessions, { signal }) });

export const useBrowsersChanged = () => {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: KEY });
};
