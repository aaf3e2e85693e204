import { ApiError } from "@steward/client/api-error";
import { describe, expect, test } from "vitest";
import { CHAT, conversationOf, statusOf, stewardWith, TURN } from "../../test/tiny-steward.ts";
import type { Keyboard } from "../outbound/keyboard.ts";
import type { Steward } from "../steward/steward.ts";
import { createPressButton } from "./press-button.ts";

const labelsOf = (options?: { keyboard?: Keyboard | undefined }): string =>
  (options?.keyboard?.inline_keyboard ?? [])
    .flat()
    .map((button) => button.text)
    .join(" ");

function start(verbs: Partial<Steward>) {
  const happened: string[] = [];
  const note = <Value>(what: string, value: Value): Promise<Value> => {
    happened.push(what);
    return Promise.resolve(value);
  };
  const pressButton = createPressButton({
    steward: stewardWith(verbs),
    messenger: {
      answerCallback: (_id, text) => note(`toast ${text}`, undefined),
      removeKeyboard: (_address, messageId) => note(`no buttons under ${messageId}`, undefined),
      edit: (_address, messageId, { text }, options) =>
        note(`edit ${messageId}: ${text} ${labelsOf(options)}`, undefined),
      say: (_address, { text }, options) => note(`say ${text} ${labelsOf(options)}`, 1),
    },
    markStopping: (turnId) => void note(`stopping ${turnId}`, undefined),
    runCommand: ({ name, userId, onceKey }) => note(`/${name} by ${userId} (${onceKey})`, undefined),
  });
  const press = (data: string, more: Partial<Parameters<typeof pressButton>[0]> = {}) =>
    pressButton({
      address: CHAT,
      language: "en",
      userId: "77",
      callbackId: "q1",
      data,
      messageId: 9,
      ...more,
    });
  return { happened, press, note };
}

describe("a pressed button", () => {
  test("of a setting sets it in the name of who pressed, and is taken away", async () => {
    const asked: unknown[] = [];
    const { happened, press } = start({
      setPolicy: (...args) => {
        asked.push(args);
        return Promise.resolve({ name: "verbosity", value: 2, from: "chat", updatedAt: 0, updatedBy: "x" });
      },
    });
    await press("k:v:2");
    expect(asked).toEqual([[CHAT, "verbosity", 2, "77"]]);
    expect(happened).toEqual([
      "toast ✓ Set",
      "say 🔎 From the next message on: level 2. ",
      "no buttons under 9",
    ]);
  });

  test("of /settings opens the command as if it had been written", async () => {
    const { happened, press } = start({});
    await press("o:mode");
    expect(happened).toEqual(["toast undefined", "/mode by 77 (telegram-button-q1)"]);
  });

  test("stop is answered first, then shown, then done for this very turn", async () => {
    const asked: unknown[] = [];
    const { happened, press } = start({
      stop: (...args) => {
        asked.push(args);
        return Promise.resolve({ stopped: true, turnId: TURN, waiting: 0 });
      },
    });
    await press(`s:${TURN}`);
    expect(happened).toEqual(["toast ⏹ Stopping…", `stopping ${TURN}`]);
    expect(asked).toEqual([[CHAT, { turnId: TURN }]]);
  });

  test("under a message that Telegram no longer shows us, the turn says in which topic it stands", async () => {
    const home = { ...CHAT, threadId: "12" };
    const asked: unknown[] = [];
    const { press } = start({
      turnAddress: () => Promise.resolve(home),
      retryTurn: (...args) => Promise.resolve(void asked.push(args.slice(0, 2))),
      stop: (...args) => {
        asked.push(args);
        return Promise.resolve({ stopped: true, turnId: TURN, waiting: 0 });
      },
    });
    await press(`r:${TURN}`, { topicIsUnknown: true });
    await press(`s:${TURN}`, { topicIsUnknown: true });
    expect(asked).toEqual([
      [TURN, "retry"],
      [home, { turnId: TURN }],
    ]);
  });

  test("a question in a topic is answered from such a message too, and from no other chat", async () => {
    const { happened, press } = start({
      approval: (id) => Promise.resolve({ id, ...CHAT, threadId: "12", inputHash: "0123456789ab" } as never),
      decideApproval: () => Promise.resolve({} as never),
    });
    await press(`a:${TURN}:o:0123456789ab`, { topicIsUnknown: true });
    await press(`a:${TURN}:o:0123456789ab`);
    expect(happened).toEqual(["toast ✅ Allowed", "toast This button no longer works."]);
  });

  test("under such a message in another chat it does nothing", async () => {
    const { press } = start({ turnAddress: () => Promise.resolve({ ...CHAT, chatId: "78" }) });
    await press(`r:${TURN}`, { topicIsUnknown: true });
    await press(`s:${TURN}`, { topicIsUnknown: true });
  });

  test("a model is chosen for this chat, said, and the buttons go", async () => {
    const asked: unknown[] = [];
    const { happened, press } = start({
      chooseModel: (address, model) => {
        asked.push([address, model]);
        return Promise.resolve({ model, from: "chat" });
      },
    });
    await press("m:haiku");
    expect(asked).toEqual([[CHAT, "haiku"]]);
    expect(happened).toEqual([
      "toast 🧠 Chosen",
      "say 🧠 From your next message on haiku answers here. ",
      "no buttons under 9",
    ]);
  });

  test("a project is chosen in the name of who pressed, said, and the buttons go", async () => {
    const asked: unknown[] = [];
    const { happened, press } = start({
      chooseProject: (...args) => {
        asked.push(args);
        return Promise.resolve({
          project: "app",
          conversationId: TURN,
          cwd: "/srv/app",
          branch: null,
          warnings: [],
        });
      },
    });
    await press("p:app");
    await press("p:");
    expect(asked).toEqual([
      [CHAT, { project: "app", worktree: false, userId: "77" }],
      [CHAT, { project: null, worktree: false, userId: "77" }],
    ]);
    expect(happened.slice(0, 3)).toEqual([
      "toast 📁 One moment…",
      "say 📁 New conversation in app (/srv/app).\nThe one before stays: /sessions. ",
      "no buttons under 9",
    ]);
  });

  test("a conversation is resumed in its chat, said, and the buttons go", async () => {
    const asked: unknown[] = [];
    const { happened, press } = start({
      selectConversation: (...args) => {
        asked.push(args);
        return Promise.resolve(conversationOf({ title: "Beans" }));
      },
    });
    await press(`v:${TURN}`);
    expect(asked).toEqual([[CHAT, TURN]]);
    expect(happened).toEqual(["toast 💬 One moment…", "say 💬 Going on with: Beans ", "no buttons under 9"]);
  });

  test("stop with others waiting asks what to do with them", async () => {
    const { happened, press } = start({
      stop: () => Promise.resolve({ stopped: true, turnId: TURN, waiting: 2 }),
      status: () => Promise.resolve(statusOf({ waiting: 2, held: true })),
    });
    await press(`s:${TURN}`);
    expect(happened.at(-1)).toBe("say 2 queued, on hold. ▶️ Run 🗑 Drop");
  });

  test("taking a waiting message out of the queue leaves the others alone", async () => {
    const { happened, press } = start({
      stop: () => Promise.resolve({ stopped: true, turnId: TURN, waiting: 2 }),
      status: () => Promise.resolve(statusOf({ waiting: 2, held: false })),
    });
    await press(`s:${TURN}`);
    expect(happened).toEqual(["toast ⏹ Stopping…", `stopping ${TURN}`]);
  });

  test.each([
    ["r", "retry", "🔁 Trying again…"],
    ["c", "continue", "▶️ Going on…"],
  ])("%s runs the turn again, once per message, and takes the buttons away", async (code, mode, toast) => {
    const asked: unknown[] = [];
    const { happened, press } = start({
      turnAddress: () => Promise.resolve(CHAT),
      retryTurn: (...args) => {
        asked.push(args);
        return Promise.resolve();
      },
    });
    await press(`${code}:${TURN}`);
    await press(`${code}:${TURN}`);
    expect(asked).toEqual([
      [TURN, mode, `telegram-${TURN}-9`],
      [TURN, mode, `telegram-${TURN}-9`],
    ]);
    expect(happened.slice(0, 2)).toEqual([`toast ${toast}`, "no buttons under 9"]);
  });

  test("the second of two buttons, pressed after the first, does nothing and says nothing wrong", async () => {
    const { happened, press } = start({
      turnAddress: () => Promise.resolve(CHAT),
      retryTurn: () =>
        Promise.reject(new ApiError({ status: 409, code: "idempotency_mismatch", detail: "other body" })),
    });
    await press(`c:${TURN}`);
    expect(happened).toEqual(["toast ▶️ Going on…", "no buttons under 9"]);
  });

  test.each([
    ["another chat's turn", { ...CHAT, chatId: "78" }],
    ["another topic's turn", { ...CHAT, threadId: "3" }],
    ["a turn that is not there", null],
  ])("%s cannot be run again from here", async (_name, address) => {
    const { happened, press } = start({ turnAddress: () => Promise.resolve(address) });
    await press(`r:${TURN}`);
    expect(happened).toEqual(["toast This button no longer works."]);
  });

  test.each([
    ["q", "run", "▶️ Running…"],
    ["d", "drop", "🗑 Dropping…"],
  ])("%s lets go of what waits", async (data, action, toast) => {
    const asked: unknown[] = [];
    const { happened, press } = start({
      release: (...args) => {
        asked.push(args);
        return Promise.resolve(2);
      },
    });
    await press(data);
    expect(asked).toEqual([[CHAT, action]]);
    expect(happened).toEqual([`toast ${toast}`, "no buttons under 9"]);
  });

  test("data that no version of ours wrote reaches nothing", async () => {
    const { happened, press } = start({});
    await press("s:../../etc");
    expect(happened).toEqual(["toast This button no longer works."]);
  });
});

describe("the buttons of what waits", () => {
  test("Send now says what came of it, once per press, in the turn's own topic", async () => {
    const asked: unknown[] = [];
    const outcomes = [
      { outcome: "next" as const, interruptedTurnId: TURN },
      { outcome: "next" as const, interruptedTurnId: null },
      { outcome: "running" as const, interruptedTurnId: null },
      { outcome: "ended" as const, interruptedTurnId: null },
    ];
    const home = { ...CHAT, threadId: "12" };
    const { happened, press } = start({
      turnAddress: () => Promise.resolve(home),
      advanceTurn: (...args) => {
        asked.push(args);
        return Promise.resolve(outcomes[asked.length - 1] ?? never());
      },
    });
    for (let n = 0; n < 3; n += 1) await press(`n:${TURN}`, { callbackId: `q${n}` });
    await press(`n:${TURN}`, { topicIsUnknown: true });
    expect(happened).toEqual([
      "toast ⏩ Stopping what runs; this is next.",
      "toast ⏩ It is next.",
      "toast It has already started. Stop ends it.",
      "toast It has already ended.",
    ]);
    expect(asked[0]).toEqual([CHAT, TURN, "advance-q0"]);
    expect(asked[3]).toEqual([home, TURN, "advance-q1"]);
  });

  test("Cancel is honest about a turn that has begun, and dead for another chat's", async () => {
    const outcomes = ["dropped", "running", "ended"] as const;
    let n = 0;
    const { happened, press } = start({
      dropTurn: () => {
        const outcome = outcomes[n++];
        return outcome
          ? Promise.resolve(outcome)
          : Promise.reject(new ApiError({ status: 404, code: "not_found", detail: "no" }));
      },
    });
    for (let presses = 0; presses < 4; presses += 1) await press(`x:${TURN}`);
    expect(happened).toEqual([
      "toast 🗑 Taken out of the queue.",
      "toast It has already started. Stop ends it.",
      "toast It has already ended.",
      "toast This button no longer works.",
    ]);
  });

  test("an edit is run once, and its button goes", async () => {
    let n = 0;
    const { happened, press } = start({
      rerunEdited: (...args) => {
        expect(args).toEqual([CHAT, 55, "edited-q1"]);
        return n++ === 0
          ? Promise.resolve()
          : Promise.reject(new ApiError({ status: 409, code: "conflict", detail: "run" }));
      },
    });
    await press("e:55");
    await press("e:55");
    expect(happened).toEqual([
      "toast 🔁 Running it with the edit.",
      "no buttons under 9",
      "toast That edit was already run.",
      "no buttons under 9",
    ]);
  });
});

describe("the buttons of a plan", () => {
  test("Go ahead counts once, Revise says what to do, and another chat's plan is not there", async () => {
    let n = 0;
    const { happened, press } = start({
      confirmPlan: (...args) => {
        expect(args).toEqual([CHAT, { userId: "77" }, { turnId: TURN, key: "plan-q1" }]);
        const gone = new ApiError({ status: 409, code: "conflict", detail: "decided" });
        return n++ === 0 ? Promise.resolve() : Promise.reject(gone);
      },
      turnAddress: () => Promise.resolve({ ...CHAT, chatId: "78" }),
    });
    await press(`w:${TURN}`);
    await press(`g:${TURN}`);
    await press(`g:${TURN}`);
    await press(`g:${TURN}`, { topicIsUnknown: true });
    expect(happened).toEqual([
      "toast ✏️ Write what should be different.",
      "toast ✅ Carrying it out.",
      "no buttons under 9",
      "toast This plan was decided or has expired.",
      "no buttons under 9",
      "toast This button no longer works.",
    ]);
  });
});

const never = (): never => {
  throw new Error("asked too often");
};
