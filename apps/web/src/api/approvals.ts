import { listApprovals } from "@steward/contract/approvals";
import { useQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

/** What waits for a person, oldest first. */
export const usePendingApprovals = () =>
  useQuery({
    queryKey: queryKey("approvals", "pending"),
    queryFn: ({ signal }) => api.call(listApprovals, { query: { state: "pending" }, signal }),
  });

/** The latest ones, answered or not, oldest first. */
export const useSettledApprovals = () =>
  useQuery({
    queryKey: queryKey("approvals", "latest"),
    queryFn: ({ signal }) => api.call(listApprovals, { signal }),
  });
