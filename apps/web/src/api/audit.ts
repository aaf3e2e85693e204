import { listAudit } from "@steward/contract/audit";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

/** Who changed what, the latest first, page by page. */
export const useAudit = () =>
  useInfiniteQuery({
    queryKey: queryKey("audit", "list"),
    queryFn: ({ pageParam, signal }) =>
      api.call(listAudit, { query: pageParam === null ? {} : { before: pageParam }, signal }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
  });
