import { createSystemClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import { BotApiError } from "@steward/telegram/api";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Container, createContainer } from "../src/container.ts";
import { readBotEnv } from "../src/env.ts";
import { type FakeSteward, STEWARD_TOKEN, startFakeSteward } from "./fake-steward.ts";
import { TinyTelegram } from "./tiny-telegram.ts";

const TELEGRAM = "http://telegram.test";
const OWNER = 77;
const STRANGER = 66;
const SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** `fetch` with Telegram in this process; everything else goes over the network to the API. */
const fetchWith =
  (telegrams: Map<string, TinyTelegram>): typeof fetch =>
  async (input, init) => {
    const match = new RegExp(`^${TELEGRAM}/bot(\\d+):[^/]+/(\\w+)$`).exec(String(input));
    const telegram = telegrams.get(match?.[1] ?? "");
    if (match === null || telegram === undefined) return await fetch(input, init);
    try {
      // The method's name and arguments come from our own caller, over JSON.
      const args = JSON.parse(String(init?.body)) as never;
      const options = init?.signal ? { signal: init.signal } : {};
      return Response.json({ ok: true, result: await telegram.api.call(match[2] as "getMe", args, options) });
    } catch (error) {
      if (!(error instanceof BotApiError)) throw error;
      return Response.json(
        { ok: false, error_code: error.code, description: error.description },
        { status: error.code },
      );
    }
  };

function run(steward: FakeSteward, telegrams: Map<string, TinyTelegram>) {
  const tokens = [...telegrams.keys()].map((id) => `${id}:${SECRET}`);
  const env = readBotEnv({
    TELEGRAM_BOT_TOKENS: tokens.join(","),
    TELEGRAM_API_ROOT: TELEGRAM,
    STEWARD_API_URL: steward.server.url,
  });
  if (!env.ok) throw new Error("the test's environment is wrong");
  const { log, lines } = createMemoryLogger();
  const container: Container = createContainer({
    env: env.value,
    readToken: () => STEWARD_TOKEN,
    fetch: fetchWith(telegrams),
    clock: createSystemClock(),
    log,
  });
  container.start();
  ends.push(() => container.stop());
  return { container, lines };
}

async function start({ bots = 1, begin = true } = {}) {
  const steward = await startFakeSteward();
  ends.push(() => steward.close());
  const telegrams = new Map(
    Array.from(
      { length: bots },
      (_, index) => [String(4242 + index), new TinyTelegram(4242 + index)] as const,
    ),
  );
  const telegram = telegrams.get("4242") ?? new TinyTelegram();
  steward.allow("4242", String(OWNER), 1);
  const program = begin ? run(steward, telegrams) : null;
  if (begin) await isPolling(telegram);
  return { steward, telegram, telegrams, program };
}

const isPolling = (telegram: TinyTelegram): Promise<void> =>
  vi.waitFor(() => expect(telegram.polls).toBeGreaterThan(0), 5_000);

/** @param menus two languages, three places; and an owner's own once they have written */
const menuPublished = (telegram: TinyTelegram, menus = 6): Promise<void> =>
  vi.waitFor(() =>
    expect(telegram.methods().filter((method) => method === "setMyCommands")).toHaveLength(menus),
  );

const allConfirmed = (telegram: TinyTelegram, last: number): Promise<void> =>
  vi.waitFor(() => expect(telegram.confirmed).toBeGreaterThan(last), 5_000);

const stranger = {
  chat: { id: STRANGER, type: "private", first_name: "Eve" },
  from: { id: STRANGER, is_bot: false, first_name: "Eve", language_code: "en" },
};

describe("strangers", () => {
  let running: ReturnType<typeof start>;
  beforeAll(async () => {
    running = start();
    const { telegram } = await running;
    await menuPublished(telegram);
    // This one bot meets them all, and is ended after the last.
    const own = ends.splice(0);
    return async () => {
      for (const end of own.reverse()) await end();
    };
  });

  const message = (more: object) => ({ message: { message_id: 1, date: 1, ...stranger, ...more } });
  const group = { id: -1001, type: "supergroup", title: "Crowd" };

  test.each([
    ["text", message({ text: "let me in" })],
    ["/help", message({ text: "/help" })],
    ["/stop", message({ text: "/stop" })],
    ["a photo", message({ photo: [{ file_id: "f", file_unique_id: "u", width: 1, height: 1 }] })],
    ["a forwarded /start", message({ text: "/start", forward_origin: { type: "hidden_user", date: 1 } })],
    ["a /start in a group", message({ text: "/start", chat: group })],
    ["a /start for another bot", message({ text: "/start@other_bot" })],
    [
      "a /start by an inline bot",
      message({ text: "/start", via_bot: { id: 5, is_bot: true, first_name: "V" } }),
    ],
    ["an edit", { edited_message: { message_id: 1, date: 1, edit_date: 2, ...stranger, text: "x" } }],
    [
      "a button",
      {
        callback_query: {
          id: "1",
          from: stranger.from,
          message: { message_id: 1, date: 1, chat: stranger.chat },
          data: "q",
        },
      },
    ],
    [
      "a channel post",
      { channel_post: { message_id: 1, date: 1, chat: { id: -2, type: "channel" }, text: "/start" } },
    ],
    [
      "a membership",
      {
        my_chat_member: {
          chat: stranger.chat,
          from: stranger.from,
          date: 1,
          old_chat_member: { status: "left" },
          new_chat_member: { status: "member" },
        },
      },
    ],
    ["an update of a later API", { hologram: { message_id: 1 } }],
    ["garbage", { message: 7 }],
    ["the owner in a group", message({ text: "hi", chat: group, from: { ...stranger.from, id: OWNER } })],
    ["the owner's anonymous alter ego", message({ text: "hi", chat: group, sender_chat: group })],
  ])("%s reaches nobody and is answered by nothing", async (_name, update) => {
    const { telegram, steward } = await running;
    const [calls, rows] = [telegram.calls.length, steward.rows.length];
    await allConfirmed(telegram, telegram.push(update));
    expect(telegram.calls.slice(calls)).toEqual([]);
    expect(steward.turns.size).toBe(0);
    expect(steward.rows).toHaveLength(rows + 1);
  });

  test("/start gets a code and, once that is approved, a welcome", async () => {
    const { telegram, steward } = await start();
    telegram.write(STRANGER, "/start");
    await vi.waitFor(() => expect(telegram.shown(STRANGER)[0]).toMatch(/Your pairing code: [A-Z0-9]{8}/));
    steward.allow("4242", String(STRANGER), Date.now());
    await vi.waitFor(() => expect(telegram.shown(STRANGER)[1]).toContain("You are paired"));
    telegram.write(STRANGER, "hello");
    await vi.waitFor(() => expect(steward.turns.size).toBe(1));
  });
});

describe("a conversation", () => {
  test("a prompt becomes a turn, its answer stands there once", async () => {
    const { telegram, steward } = await start();
    telegram.write(OWNER, "hello");
    const turnId = await vi.waitFor(() => firstTurn(steward));
    steward.event(turnId, { type: "started", start: "warm" });
    const deliveryId = steward.finish(turnId, "Hello **yourself**.");
    await vi.waitFor(() => expect(steward.deliveries.get(deliveryId)?.state).toBe("delivered"));
    expect(telegram.shown(OWNER)).toEqual(["Hello yourself."]);
  });

  test("a turn of more than a minute is followed by a note that makes a sound", async () => {
    const { telegram, steward } = await start();
    const startedAt = Date.now() - 125_000;
    const turnId = steward.openTurn({
      botId: "4242",
      chatId: String(OWNER),
      state: "running",
      startedAt,
      receivedAt: startedAt,
    });
    steward.finish(turnId, "At last.");
    await vi.waitFor(() => expect(telegram.in(OWNER)).toHaveLength(2), 5_000);
    const [answer, note] = telegram.in(OWNER);
    expect(answer).toMatchObject({ text: "At last.", silent: true });
    expect(note).toMatchObject({ text: "✅ Done after 2:05.", silent: false, replyTo: answer?.id });
  });

  test("a bot that dies in the middle goes on with the same message after its restart", async () => {
    const { telegram, telegrams, steward, program } = await start();
    telegram.write(OWNER, "hello");
    const turnId = await vi.waitFor(() => firstTurn(steward));
    steward.event(turnId, { type: "started", start: "warm" });
    steward.event(turnId, { type: "text", offset: 0, text: "A beginning of more than thirty characters" });
    await vi.waitFor(() => expect(telegram.shown(OWNER)[0]).toContain("thirty characters"), 5_000);
    await program?.container.stop();
    const deliveryId = steward.finish(turnId, "The end.");
    run(steward, telegrams);
    await vi.waitFor(() => expect(steward.deliveries.get(deliveryId)?.state).toBe("delivered"), 5_000);
    expect(telegram.shown(OWNER)).toEqual(["The end."]);
  });

  test("a command that was left over from before a restart is done once and settled", async () => {
    const { telegram, telegrams, steward } = await start({ begin: false });
    steward.leavePending("4242", {
      updateId: 50,
      kind: "command",
      chat: { id: String(OWNER), type: "private", threadId: "" },
      sender: { id: String(OWNER), username: null, name: null, language: "en" },
      messageId: 9,
      text: "",
      command: "help",
      replyTo: null,
      reason: null,
      raw: { update_id: 50, message: { message_id: 9, date: 1, text: "/help", ...stranger } },
    });
    run(steward, telegrams);
    await vi.waitFor(() => expect(steward.rows[0]?.state).toBe("handled"), 5_000);
    steward.cutStreams();
    await vi.waitFor(() => expect(steward.streams()).toBe(1), 5_000);
    expect(telegram.shown(OWNER)).toHaveLength(1);
  });
});

describe("several bots", () => {
  test("one whose token is nobody's leaves the other alone", async () => {
    const { steward, telegrams } = await start({ bots: 2, begin: false });
    const [first, second] = [...telegrams.values()];
    if (first === undefined || second === undefined) throw new Error("two bots were asked for");
    first.revoked = true;
    steward.allow("4243", String(OWNER), 1);
    run(steward, telegrams);
    await isPolling(second);
    await vi.waitFor(
      () => expect(steward.botStates).toContainEqual({ botId: "4243", state: "polling", detail: "" }),
      5_000,
    );
    expect(steward.botStates).toContainEqual({
      botId: "4242",
      state: "unauthorized",
      detail: "Unauthorized",
    });
    second.write(OWNER, "/help");
    await vi.waitFor(() => expect(second.shown(OWNER)).toHaveLength(1));
  });

  test("access to one is no access to the other", async () => {
    const { steward, telegrams } = await start({ bots: 2 });
    const second = telegrams.get("4243");
    if (second === undefined) throw new Error("two bots were asked for");
    await isPolling(second);
    await menuPublished(second);
    const before = second.calls.length;
    await allConfirmed(second, second.write(OWNER, "hello"));
    expect(second.calls.slice(before)).toEqual([]);
    expect(steward.turns.size).toBe(0);
  });
});

describe("starting and stopping", () => {
  test("nothing is fetched from Telegram before the API has said who may write", async () => {
    const { steward, telegram, telegrams } = await start({ begin: false });
    steward.server.mode = "refuse";
    const updateId = telegram.write(OWNER, "hello");
    run(steward, telegrams);
    await vi.waitFor(() => expect(steward.server.refused).toBeGreaterThan(2), 5_000);
    expect(telegram.polls).toBe(0);
    steward.server.mode = "up";
    await allConfirmed(telegram, updateId);
    expect(steward.turns.size).toBe(1);
  });

  test.each([true, false])(
    "the API learns at each start whether Telegram shows the bot all that groups write: %s",
    async (readsAllMessages) => {
      const { steward, telegrams } = await start({ begin: false });
      telegrams.set("4242", new TinyTelegram(4242, { readsAllMessages }));
      run(steward, telegrams);
      await vi.waitFor(() => {
        const registered = steward.server.calls.filter(({ name }) => name === "registerBot");
        expect(registered.map(({ body }) => body)).toContainEqual({
          username: "tiny_4242_bot",
          readsAllMessages,
        });
      });
    },
  );

  test("the menus are published in both languages, an owner's own when they write, and no update is dropped", async () => {
    const { telegram } = await start();
    await menuPublished(telegram);
    telegram.write(OWNER, "/whoami");
    await menuPublished(telegram, 8);
    const args = telegram.calls.filter(({ method }) => method === "setMyCommands").map((call) => call.args);
    const own = { type: "chat", chat_id: OWNER };
    expect(args.map(({ language_code, scope }) => [language_code ?? "", scope as object])).toEqual([
      ...["", "zh"].flatMap((language) =>
        ["default", "all_private_chats", "all_group_chats"].map((type) => [language, { type }]),
      ),
      ["", own],
      ["zh", own],
    ]);
    expect(telegram.calls.find(({ method }) => method === "deleteWebhook")?.args).toEqual({
      drop_pending_updates: false,
    });
  });

  test("ends within two seconds although neither Telegram nor the API answers any more", async () => {
    const { telegram, steward, program } = await start();
    telegram.write(OWNER, "hello");
    const turnId = await vi.waitFor(() => firstTurn(steward));
    telegram.gate = ({ method }) =>
      method === "sendMessage" ? new Promise(() => undefined) : Promise.resolve();
    steward.finish(turnId, "An answer on its way.");
    await vi.waitFor(() => expect(telegram.methods()).toContain("sendMessage"));
    steward.server.mode = "hang";
    const began = performance.now();
    await program?.container.stop();
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("no token is in any line of the log", async () => {
    const { telegram, steward, program } = await start();
    telegram.write(OWNER, "hello");
    await vi.waitFor(() => firstTurn(steward));
    steward.cutStreams();
    await vi.waitFor(() => expect(steward.streams()).toBe(1), 5_000);
    const log = JSON.stringify(program?.lines);
    expect(log).toContain("connected");
    expect(log).not.toContain(SECRET);
    expect(log).not.toContain(STEWARD_TOKEN);
  });
});

function firstTurn(steward: FakeSteward): string {
  const [turnId] = steward.turns.keys();
  if (turnId === undefined) throw new Error("no turn yet");
  return turnId;
}
