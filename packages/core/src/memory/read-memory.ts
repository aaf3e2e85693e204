import { DomainError } from "@steward/contract/errors";
import { MEMORY_LIMITS } from "@steward/contract/memory-limits";
import type { Memory } from "./memory-service.ts";

type Words = Pick<Memory, "key" | "content" | "category">;

/**
 * The words of a memory as they are kept: trimmed, and whole Unicode, so that two keys that look alike to the database are
 * alike.
 *
 * @throws DomainError `validation_failed` for what is empty or too long
 */
export const readMemory = <Part extends Partial<Words>>(words: Part): Part => {
  const read = { ...words };
  for (const name of ["key", "content", "category"] as const) {
    const given = words[name];
    if (given === undefined) continue;
    const text = Buffer.from(given).toString().trim();
    const limit = MEMORY_LIMITS[name];
    if (text === "" || text.length > limit) {
      throw new DomainError(
        "validation_failed",
        `The ${name} of a memory must have 1 to ${limit} characters`,
      );
    }
    read[name] = text as Part[typeof name];
  }
  return read;
};
