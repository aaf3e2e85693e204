import { ApiError } from "@steward/client/api-error";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

/** A refusal is an answer: only what nobody has answered is asked again. */
const mayHelp = (error: unknown): boolean => !(error instanceof ApiError) || error.status >= 500;

/** @param signedOut called when the API no longer knows who asks */
export const createQueryClient = (signedOut: () => void): QueryClient => {
  const onError = (error: unknown): void => {
    if (error instanceof ApiError && error.status === 401) signedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // The live stream says when something is old.
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && mayHelp(error),
        retryDelay: (attempt) => Math.min(4_000, 500 * 2 ** attempt),
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
};
