import { translate } from "@steward/contract/messages";
import { POLICIES, type Policy, type PolicyName, type PolicyValue } from "@steward/contract/policies";
import type { CommandRequest } from "./command.ts";

/** A policy's value as its schema reads it; the initial one when the API does not know that policy. */
export function policyOf<Name extends PolicyName>(
  policies: readonly Policy[],
  name: Name,
): { value: PolicyValue<Name>; from: Policy["from"] } {
  const found = policies.find((policy) => policy.name === name);
  const parsed = POLICIES[name].schema.safeParse(found?.value);
  // The name's own schema has just read it.
  return found !== undefined && parsed.success
    ? { value: parsed.data as PolicyValue<Name>, from: found.from }
    : { value: POLICIES[name].initial as PolicyValue<Name>, from: "initial" };
}

/** Who has said so, for people. */
export const originOf = (from: Policy["from"], language: CommandRequest["language"]): string =>
  from === "initial"
    ? translate(language, "bot.model.from.initial")
    : translate(language, `bot.settings.from.${from}`);
