import { getSearchStatus, type SearchStatus } from "@steward/contract/search-status";
import { useQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

const isWorking = ({ active, coming }: SearchStatus): boolean =>
  coming !== null || (active !== null && active.done < active.total);

/** What searches go by. Progress is a matter of measuring: it is asked for only while there is some. */
export const useSearchStatus = () =>
  useQuery({
    queryKey: queryKey("search", "status"),
    queryFn: ({ signal }) => api.call(getSearchStatus, { signal }),
    refetchInterval: ({ state: { data } }) => (data && isWorking(data) ? 2_000 : false),
    refetchOnMount: "always",
  });
