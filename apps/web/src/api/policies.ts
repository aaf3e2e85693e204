import { listPolicies, type Policy, type PolicyName, setPolicy } from "@steward/contract/policies";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

/** Nothing = everything; a bot; or a chat of a bot. */
export interface PolicyScope {
  botId?: string | undefined;
  chatId?: string | undefined;
  threadId?: string | undefined;
}

/** What holds for a scope, and where it comes from. */
export const usePolicies = (scope: PolicyScope) =>
  useQuery({
    queryKey: queryKey("policies", "list", scope),
    queryFn: ({ signal }) => api.call(listPolicies, { query: scope, signal }),
  });

export interface PolicyWish {
  name: PolicyName;
  /** Undefined takes the scope's own word back. */
  value: unknown;
  /** What was shown when it was decided. Undefined: whatever holds now is to change. */
  expectedUpdatedAt?: number | null;
}

export const usePolicyWriter = (scope: PolicyScope): ((wish: PolicyWish) => Promise<Policy>) => {
  const queries = useQueryClient();
  return async ({ value, ...wish }) => {
    try {
      const change = value === undefined ? { clear: true } : { value };
      return await api.call(setPolicy, { body: { ...scope, ...wish, ...change } });
    } finally {
      await queries.invalidateQueries({ queryKey: queryKey("policies") });
    }
  };
};
