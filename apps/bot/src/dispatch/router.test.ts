import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { classifyUpdate } from "@steward/telegram/update";
import { describe, expect, test } from "vitest";
import type { ButtonPress } from "../callbacks/press-button.ts";
import type { CommandRequest } from "../commands/command.ts";
import type { PendingUpdate } from "../intake/intake.ts";
import { toInboxUpdate } from "../intake/to-inbox-update.ts";
import { createRouter } from "./router.ts";
import { createRoutes } from "./routes.ts";

const chat = { id: 77, type: "private" };
const from = { id: 77, is_bot: false, first_name: "Ada", language_code: "en" };
const message = (more: object) => ({
  update_id: 5,
  message: { message_id: 9, date: 1, chat, from, ...more },
});

/** A row as the inbox holds it, its raw update having travelled as JSON. */
function rowOf(raw: object, isBusy = false): PendingUpdate {
  const update = classifyUpdate(raw);
  if (update.updateId === null) throw new Error("no update id");
  const inbox = toInboxUpdate(
    { ...update, updateId: update.updateId },
    { decision: "allow" },
    {
      isBusy,
      botUsername: "tiny_bot",
    },
  );
  return JSON.parse(JSON.stringify({ inboxId: 1, update: inbox })) as PendingUpdate;
}

function start() {
  const clock = createFakeClock();
  const done: string[] = [];
  const presses: ButtonPress[] = [];
  const router = createRouter({
    token: "4242:tiny-token-tiny-token",
    // Nothing listens there: whatever Telegraf would send of its own would fail the test.
    apiRoot: "http://127.0.0.1:1",
    botInfo: {
      id: 4242,
      is_bot: true,
      first_name: "Tiny",
      username: "tiny_bot",
      can_join_groups: false,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
    },
    routes: createRoutes({
      botId: "4242",
      commands: {
        handle: ({ address, name }: CommandRequest) => {
          done.push(`${name} in ${address.chatId}`);
          return Promise.resolve();
        },
      },
      pressButton: (press) => {
        presses.push(press);
        return Promise.resolve();
      },
      steward: {
        noteTopic: (address, topic) => {
          done.push(`topic ${address.threadId} ${JSON.stringify(topic)}`);
          return Promise.resolve();
        },
      },
      messenger: {
        say: (_address, { text }) => {
          done.push(text);
          return Promise.resolve(1);
        },
      },
      clock,
    }),
    log: createSilentLogger(),
  });
  const handle = async (raw: object, isBusy = false) => {
    const task = await router.route(rowOf(raw, isBusy));
    return task === null ? null : await task();
  };
  return { clock, done, presses, router, handle };
}

describe("routing", () => {
  test("finding the handler does nothing yet", async () => {
    const { router, done } = start();
    expect(await router.route(rowOf(message({ text: "/new" })))).not.toBeNull();
    expect(done).toEqual([]);
  });

  test.each([
    ["/start", "start in 77"],
    ["/help", "help in 77"],
    ["/new", "new in 77"],
    ["/STOP", "stop in 77"],
    ["/status@tiny_bot", "status in 77"],
    ["/stauts", "stauts in 77"],
    ["/constructor", "constructor in 77"],
  ])("%s", async (text, expected) => {
    const { handle, done } = start();
    expect(await handle(message({ text }))).toMatchObject({ state: "handled" });
    expect(done).toEqual([expected]);
  });

  test("a plain stop in a busy chat", async () => {
    const { handle, done } = start();
    await handle(message({ text: "Stop" }), true);
    expect(done).toEqual(["stop in 77"]);
  });

  test("a button, with everything needed to answer it", async () => {
    const { handle, presses } = start();
    const callback_query = {
      id: "q1",
      from,
      message: { message_id: 9, date: 1, chat },
      data: "q",
      chat_instance: "1",
    };
    await handle({ update_id: 5, callback_query });
    expect(presses).toMatchObject([
      { callbackId: "q1", data: "q", messageId: 9, language: "en", address: { chatId: "77", threadId: "" } },
    ]);
  });

  test("what cannot be read gets one sentence a minute, not one each", async () => {
    const { handle, done, clock } = start();
    const story = message({ story: { id: 1, chat } });
    expect(await handle(story)).toMatchObject({ state: "handled" });
    expect(await handle(story)).toMatchObject({ state: "ignored" });
    await clock.advance(60_000);
    await handle(story);
    expect(done).toHaveLength(2);
    expect(done[0]).toContain("cannot read this kind");
  });

  test("an edit is nothing to the front end: the API deals with it", async () => {
    const { handle, done } = start();
    await handle({
      update_id: 5,
      edited_message: { message_id: 9, date: 1, edit_date: 2, chat, from, text: "x" },
    });
    expect(done).toEqual([]);
  });

  test("what a topic is called is told to the API, with who has chosen the name", async () => {
    const { handle, done } = start();
    const topic = { is_topic_message: true, message_thread_id: 9 };
    const created = { name: "New Chat", icon_color: 1 };
    await handle(message({ ...topic, forum_topic_created: { ...created, is_name_implicit: true } }));
    await handle(message({ ...topic, forum_topic_created: { name: "Builds", icon_color: 1 } }));
    await handle(message({ ...topic, forum_topic_edited: { name: "Mine" } }));
    expect(done).toEqual([
      'topic 9 {"name":"New Chat","isDefault":true}',
      'topic 9 {"name":"Builds","isDefault":false}',
      'topic 9 {"name":"Mine","isDefault":false}',
    ]);
  });

  test("service messages and memberships are left without a word", async () => {
    const { handle, done } = start();
    expect(await handle(message({ pinned_message: { message_id: 3, date: 1, chat } }))).toMatchObject({
      state: "ignored",
    });
    const my_chat_member = {
      chat,
      from,
      date: 1,
      old_chat_member: { status: "member", user: from },
      new_chat_member: { status: "kicked", user: from },
    };
    expect(await handle({ update_id: 5, my_chat_member })).toMatchObject({ state: "ignored" });
    expect(done).toEqual([]);
  });
});
