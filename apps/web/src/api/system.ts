import { system } from "@steward/contract/health";
import { useQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

/** What runs here. Asked again when a hold begins or ends, and once a minute: the doctor's findings have no event. */
export const useSystem = () =>
  useQuery({
    queryKey: queryKey("holds", "system"),
    queryFn: ({ signal }) => api.call(system, { signal }),
    refetchInterval: 60_000,
  });
