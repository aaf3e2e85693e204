import { describe, expect, test } from "vitest";
import { startCore } from "./test-core.ts";

const chat = { botId: "cli", chatId: "main", threadId: "" };

describe("policies", () => {
  test("have their initial value until somebody sets one, and say where a value comes from", async () => {
    const { core } = await startCore();
    const model = core.policies.list({}).find(({ name }) => name === "model");
    expect(model).toEqual({ name: "model", value: null, from: "initial", updatedAt: null, updatedBy: null });
  });

  test("of the narrowest scope win, and clearing one lets the next wider one speak", async () => {
    const { core, ask } = await startCore();
    await ask("hello");
    const value = () => core.policies.list(chat).find(({ name }) => name === "model");
    core.policies.set({}, "model", "sonnet", "owner");
    core.policies.set({ botId: "cli" }, "model", "opus", "owner");
    expect(value()).toMatchObject({ value: "opus", from: "bot" });
    core.policies.set(chat, "model", "haiku", "owner");
    expect(value()).toMatchObject({ value: "haiku", from: "chat", updatedBy: "owner" });
    core.policies.set(chat, "model", undefined, "owner");
    expect(value()).toMatchObject({ value: "opus", from: "bot" });
    expect(core.policies.list({ botId: "other" }).find(({ name }) => name === "model")?.from).toBe("global");
  });

  test("are not changed over somebody else's head, and are when nobody was in between", async () => {
    const { core, clock } = await startCore();
    const { updatedAt: first } = core.policies.set({}, "model", "sonnet", "ada");
    await clock.advance(5);
    core.policies.set({}, "model", "opus", "bob", first);
    const late = () => core.policies.set({}, "model", "haiku", "ada", first);
    expect(late).toThrow(expect.objectContaining({ code: "policy_changed" }));
    expect(() => core.policies.set({}, "verbosity", 2, "ada", 1)).toThrow("meantime");
    expect(core.policies.list({}).find(({ name }) => name === "model")?.value).toBe("opus");
    expect(core.policies.set({}, "verbosity", 2, "ada", null).value).toBe(2);
  });

  test("that let the agent do more without a question do not reach into a group; its own word counts there", async () => {
    const { core, ask, driver } = await startCore();
    const group = { botId: "cli", chatId: "-1001", threadId: "" };
    core.policies.set({}, "permissionMode", "acceptEdits", "owner");
    core.policies.set({ botId: "cli" }, "allowRules", ["Bash(git status)"], "owner");
    core.policies.set({}, "bashNetwork", ["example.org"], "owner");
    await ask("hello");
    await ask("hello", group);
    const [own, shared] = driver.launches;
    expect(own).toMatchObject({ permissionMode: "acceptEdits", allowRules: ["Bash(git status)"] });
    for (const name of ["permissionMode", "allowRules", "allowedHosts"])
      expect(shared).not.toHaveProperty(name);
    const inGroup = () => core.policies.list(group).find(({ name }) => name === "permissionMode");
    expect(inGroup()).toMatchObject({ value: "default", from: "initial" });
    // What asks more reaches everywhere.
    core.policies.set({}, "permissionMode", "plan", "owner");
    expect(inGroup()).toMatchObject({ value: "plan", from: "global" });
    core.policies.set(group, "permissionMode", "acceptEdits", "owner");
    expect(inGroup()).toMatchObject({ value: "acceptEdits", from: "chat" });
  });

  test("that the environment sets hold for everything and cannot be changed there, but narrower ones win", async () => {
    const { core, ask } = await startCore({ environmentPolicies: { triage: "haiku" } });
    await ask("hello");
    const triage = (scope: object) => core.policies.list(scope).find(({ name }) => name === "triage");
    expect(triage({})).toMatchObject({ value: "haiku", from: "environment" });
    expect(() => core.policies.set({}, "triage", "off", "owner")).toThrow(/environment/);
    expect(core.policies.set(chat, "triage", "off", "owner")).toMatchObject({ value: "off", from: "chat" });
    expect(triage({ botId: "cli" })).toMatchObject({ value: "haiku", from: "environment" });
  });

  test("refuse what is not well-formed, and chats that do not exist, and keep what was set", async () => {
    const { core } = await startCore();
    core.policies.set({}, "maxUsdPerDay", 5, "owner");
    expect(() => core.policies.set({}, "maxUsdPerDay", -1, "owner")).toThrow(/maxUsdPerDay/);
    expect(() => core.policies.set(chat, "model", "opus", "owner")).toThrow(/no such chat/);
    expect(() => core.policies.set({ chatId: "main" }, "model", "opus", "owner")).toThrow(/name the bot/);
    expect(core.policies.list({}).find(({ name }) => name === "maxUsdPerDay")?.value).toBe(5);
  });

  test("are still there after a restart, and what was cleared is not", async () => {
    const t = await startCore();
    t.core.policies.set({}, "model", "opus", "owner");
    t.core.policies.set({}, "fallbackModel", "haiku", "owner");
    t.core.policies.set({}, "fallbackModel", undefined, "owner");
    const { core } = await t.reboot();
    const value = (name: string) => core.policies.list({}).find((policy) => policy.name === name)?.value;
    expect([value("model"), value("fallbackModel")]).toEqual(["opus", null]);
  });

  test("reach the process that is started next", async () => {
    const { core, ask, driver } = await startCore();
    core.policies.set({}, "model", "opus", "owner");
    core.policies.set({}, "permissionMode", "plan", "owner");
    await ask("hello");
    expect(driver.launches.at(-1)).toMatchObject({ model: "opus", permissionMode: "plan" });
  });
});
