import type { EndpointInput } from "@steward/contract/endpoint";
import { searchEverything } from "@steward/contract/search";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

export type SearchQuestion = EndpointInput<typeof searchEverything>["query"];

/**
 * What fits a question, best first. Until there is an answer the one before stays; a question that another has overtaken
 * is given up. Asked twice, it is searched for twice: meanwhile more may have been said.
 *
 * @param question null: nothing is asked
 */
export const useSearch = (question: SearchQuestion | null) =>
  useQuery({
    queryKey: queryKey("search", "everything", question),
    queryFn: ({ signal }) => {
      if (!question) throw new TypeError("nothing is asked");
      return api.call(searchEverything, { query: question, signal });
    },
    enabled: question !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
