import { DomainError } from "@steward/contract/errors";
import type { SearchService } from "./search-service.ts";

/** TEMPORARY until the real one lands. */
export const createAbsentSearch = (): SearchService => {
  const absent = async (): Promise<never> => {
    throw new DomainError("not_ready", "Searching is not possible yet");
  };
  return { messages: absent, memories: absent };
};
