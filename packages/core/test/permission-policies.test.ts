import { describe, expect, test } from "vitest";
import { startCore, until } from "./test-core.ts";

const chat = { botId: "cli", chatId: "main", threadId: "" };

describe("the permission mode", () => {
  test("of a warm session changes at once, for the chats it is set for", async () => {
    const { core, ask, driver } = await startCore();
    await ask("hello");
    await ask("hello", { chatId: "other" });
    core.policies.set(chat, "permissionMode", "acceptEdits", "owner");
    expect(driver.sessions.map(({ modes }) => modes)).toEqual([["acceptEdits"], []]);
    core.policies.set({}, "permissionMode", "plan", "owner");
    expect(driver.sessions.map(({ modes }) => modes)).toEqual([["acceptEdits", "acceptEdits"], ["plan"]]);
    core.policies.set(chat, "permissionMode", undefined, "owner");
    expect(driver.sessions[0]?.modes.at(-1)).toBe("plan");
    await ask("still the same process");
    expect(driver.launches).toHaveLength(2);
  });

  test("bypassPermissions is refused with the way out, and nothing changes", async () => {
    const { core } = await startCore();
    expect(() => core.policies.set({}, "permissionMode", "bypassPermissions", "owner")).toThrow(
      /sandbox.*allowRules/,
    );
    expect(core.policies.get("permissionMode", null)).toBe("default");
  });

  test("that the process will not take comes with the next one, which resumes the conversation", async () => {
    const { core, ask, driver } = await startCore({ policyVeto: () => null });
    await ask("hello");
    core.policies.set({}, "permissionMode", "bypassPermissions", "owner");
    await until(() => driver.sessions[0]?.alive === false, "the old process ends");
    await ask("again");
    expect(driver.launches[1]).toMatchObject({ permissionMode: "bypassPermissions", resume: true });
  });
});

describe("allow rules", () => {
  test("come with the next process: a free session is replaced at once, a busy one after its turn", async () => {
    const { core, ask, submit, driver } = await startCore();
    await ask("hello");
    core.policies.set({ botId: "cli" }, "allowRules", ["Bash(git status)", "Read"], "owner");
    await until(() => driver.sessions[0]?.alive === false, "the old process ends");
    let finish: () => void = () => undefined;
    driver.script = (turn) => {
      finish = () => turn.answer(turn.text);
    };
    const busy = submit("busy");
    await until(() => driver.launches.length === 2 && core.turns.get(busy)?.state === "running", "it runs");
    expect(driver.launches[1]).toMatchObject({ allowRules: ["Bash(git status)", "Read"], resume: true });
    const waiting = submit("waiting");
    core.policies.set({ botId: "cli" }, "allowRules", [], "owner");
    expect(driver.sessions[1]?.alive).toBe(true);
    finish();
    await until(() => core.turns.get(waiting)?.state === "running", "the next turn runs");
    expect(core.turns.get(busy)?.state).toBe("done");
    expect(driver.launches).toHaveLength(3);
    expect(driver.launches[2]?.allowRules).toBeUndefined();
    finish();
    expect((await core.turns.waitForEnd(waiting)).text).toBe("waiting");
  });

  test.each(["--dangerously-skip-permissions", "", "Bash(", "Bash(a\nb)", "-p", "Bash (x)"])(
    "%j is no rule",
    async (rule) => {
      const { core } = await startCore();
      expect(() => core.policies.set({}, "allowRules", [rule], "owner")).toThrow(/allowRules/);
    },
  );
});

describe("settings that change while a process is being started for a turn", () => {
  test.each([
    ["permissionMode", "bypassPermissions", "default", { permissionMode: "bypassPermissions" }],
    ["allowRules", ["Bash"], [], { allowRules: ["Bash"] }],
  ] as const)("%s: the turn runs only under the new ones", async (name, lax, strict, laxLaunch) => {
    const { core, driver, submit } = await startCore({ policyVeto: () => null });
    core.policies.set({}, name, lax, "owner");
    let proceed = (): void => undefined;
    const open = driver.open.bind(driver);
    driver.open = async (...launch) => {
      await new Promise<void>((resolve) => {
        proceed = resolve;
      });
      return open(...launch);
    };
    const turnId = submit("delete it");
    await until(() => core.load().live === 1, "it is being started");
    await new Promise((resolve) => setImmediate(resolve));
    core.policies.set({}, name, strict, "owner");
    driver.open = open;
    proceed();
    expect((await core.turns.waitForEnd(turnId)).state).toBe("done");
    expect(driver.launches[0]).toMatchObject(laxLaunch);
    expect(driver.launches[1]).not.toMatchObject(laxLaunch);
    expect(driver.sessions.map(({ turns }) => turns.length)).toEqual([0, 1]);
  });
});
