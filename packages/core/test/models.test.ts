import { createFakeCliDriver, echoScript } from "@steward/claude/fake-cli-driver";
import { describe, expect, test } from "vitest";
import { startCore, until } from "./test-core.ts";

const chat = { botId: "cli", chatId: "main", threadId: "" };

describe("a chat's model", () => {
  test("is switched in the warm process from the next turn on, and back, and stored with each turn", async () => {
    const { core, ask, driver } = await startCore();
    expect((await ask("one")).model).toBe("fake-model");
    core.models.choose(chat, "haiku", "owner");
    expect((await ask("two")).model).toBe("haiku");
    core.models.choose(chat, null, "owner");
    expect((await ask("three")).model).toBe("fake-model");
    expect(driver.launches).toHaveLength(1);
    expect(core.chats.status(chat).session.model).toBe("fake-model");
  });

  test("is not touched while a turn runs", async () => {
    const driver = createFakeCliDriver();
    const switched: (string | undefined)[] = [];
    let finish = (): void => undefined;
    driver.script = (turn) => {
      finish = () => turn.answer("done");
    };
    const { core, ask, submit } = await startCore({ driver });
    submit("one");
    await until(() => driver.sessions[0]?.turns.length === 1, "the turn to run");
    const session = driver.sessions[0];
    if (session) Object.assign(session, { setModel: async (model?: string) => void switched.push(model) });
    core.models.choose(chat, "haiku", "owner");
    await new Promise((resolve) => setImmediate(resolve));
    expect(switched).toEqual([]);
    finish();
    driver.script = echoScript;
    await ask("two");
    expect(switched).toEqual(["haiku"]);
  });

  test("goes with the start of a process", async () => {
    const { core, ask, driver } = await startCore();
    core.models.choose(chat, "opus", "owner");
    core.policies.set({}, "fallbackModel", "sonnet", "owner");
    expect((await ask("one")).model).toBe("opus");
    expect(driver.launches[0]).toMatchObject({ model: "opus", fallbackModel: "sonnet" });
  });

  test("that the CLI refuses fails the turn with the way to choose another, and no other model answers", async () => {
    const { core, ask, driver } = await startCore();
    await ask("one");
    core.models.choose(chat, "nonsense", "owner");
    driver.refuseModels = 'Model "nonsense" is not a recognized model id';
    driver.script = () => undefined;
    const turn = await ask("two");
    expect(turn).toMatchObject({ state: "failed", errorCode: "model_not_found" });
    expect(turn.text).toContain("“nonsense”");
    expect(turn.text).toContain("/model");
    // The refused process has gone; with a model that works the next turn is answered by a new one.
    driver.refuseModels = null;
    driver.script = echoScript;
    core.models.choose(chat, null, "owner");
    expect(await ask("three")).toMatchObject({ state: "done", model: "fake-model" });
    expect(driver.launches).toHaveLength(2);
  });

  test("of a chat that was never used can be chosen, and says where it comes from", async () => {
    const { core } = await startCore();
    const unknown = { botId: "7", chatId: "42", threadId: "" };
    core.policies.set({ botId: "7" }, "model", "sonnet", "owner");
    expect(core.models.choice(unknown)).toEqual({ model: "sonnet", from: "bot" });
    expect(core.models.choose(unknown, "haiku", "owner")).toEqual({ model: "haiku", from: "chat" });
    expect(core.models.choose(unknown, null, "owner")).toEqual({ model: "sonnet", from: "bot" });
  });

  test("that fell back to another is stored as the one that answered", async () => {
    const { ask, driver, core } = await startCore();
    driver.script = (turn) => {
      turn.emit({ type: "model_fallback", fromModel: "fake-model", toModel: "sonnet" });
      turn.answer("from sonnet");
    };
    expect((await ask("one")).model).toBe("sonnet");
    expect(core.chats.status(chat).session.model).toBe("sonnet");
  });
});

describe("the model to fall back to", () => {
  test("is not named when it is the chat's own", async () => {
    const { core, ask, driver } = await startCore();
    core.policies.set({}, "model", "sonnet", "owner");
    core.policies.set({}, "fallbackModel", "sonnet", "owner");
    await ask("one");
    expect(driver.launches[0]).not.toHaveProperty("fallbackModel");
  });

  test("reaches a warm session by a new process, which goes on with the conversation", async () => {
    const { core, ask, driver } = await startCore();
    await ask("one");
    core.policies.set({}, "fallbackModel", "haiku", "owner");
    await until(() => driver.sessions[0]?.alive === false, "the old process to end");
    await ask("two");
    expect(driver.launches.map(({ fallbackModel, resume }) => ({ fallbackModel, resume }))).toEqual([
      { fallbackModel: undefined, resume: false },
      { fallbackModel: "haiku", resume: true },
    ]);
  });
});

describe("the list of models", () => {
  test("is what the CLI offers, asked once by a process that is outside every chat and leaves", async () => {
    const { core, driver } = await startCore();
    const [first, second] = await Promise.all([core.models.list(), core.models.list()]);
    expect(first.models.map(({ name }) => name)).toEqual(["default", "haiku"]);
    expect(second).toEqual(first);
    expect(driver.launches).toHaveLength(1);
    expect(driver.launches[0]).toMatchObject({ cwd: "/aside", aside: { systemPrompt: "" } });
    expect(driver.sessions[0]?.alive).toBe(false);
    expect(core.load().live).toBe(0);
  });

  test("is noted from every chat's process, and kept over a restart", async () => {
    const first = await startCore();
    await first.ask("one");
    const again = await first.reboot({ driver: createFakeCliDriver() });
    expect((await again.core.models.list()).models).toHaveLength(2);
    expect(again.driver.launches).toHaveLength(0);
  });
});
