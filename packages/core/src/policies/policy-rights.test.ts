import type { PolicyName } from "@steward/contract/policies";
import { describe, expect, test } from "vitest";
import { may } from "../access/abilities.ts";
import { abilityToSet } from "./policy-rights.ts";

describe("who may set a policy", () => {
  test.each([
    ["permissionMode", "plan", true, ["owner", "admin"]],
    ["permissionMode", "acceptEdits", true, ["owner", "admin"]],
    ["permissionMode", "bypassPermissions", true, ["owner"]],
    ["permissionMode", "bypassPermissions", false, ["owner"]],
    ["verbosity", 2, true, ["owner", "admin", "user"]],
    ["showThinking", true, true, ["owner", "admin", "user"]],
    ["verbosity", 2, false, ["owner", "admin"]],
    ["maxUsdPerDay", null, true, ["owner", "admin"]],
    ["cliCommands", [], true, ["owner", "admin"]],
  ] as [PolicyName, unknown, boolean, string[]][])(
    "%s to %j, for a chat: %s",
    (name, value, isOfChat, whoMay) => {
      const allowed = (["owner", "admin", "user", null] as const).filter((role) =>
        may(role, abilityToSet(name, value, isOfChat)),
      );
      expect(allowed).toEqual(whoMay);
    },
  );
});
