import { ApiError, ApiUnreachable } from "@steward/client/api-error";
import type { InboxUpdate } from "@steward/contract/inbox";
import { createSilentLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { refusal } from "../../test/tiny-telegram.ts";
import type { PendingUpdate } from "../intake/intake.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Task, TaskOutcome } from "./router.ts";

const row = (inboxId: number, more: Partial<InboxUpdate> = {}): PendingUpdate => ({
  inboxId,
  update: {
    updateId: inboxId,
    kind: "command",
    chat: { id: "77", type: "private", threadId: "" },
    sender: { id: "77", username: null, name: null, language: "en" },
    messageId: 9,
    text: "",
    command: "stop",
    replyTo: null,
    reason: null,
    raw: {},
    ...more,
  },
});

const HANDLED: TaskOutcome = { state: "handled", detail: "" };

function start(task: Task | null) {
  const settled: [number, string, string][] = [];
  const said: string[] = [];
  const dispatcher = new Dispatcher({
    botId: "4242",
    router: { route: () => Promise.resolve(task) },
    steward: {
      settleInbox: (inboxId, state, detail) => {
        settled.push([inboxId, state, detail]);
        return Promise.resolve();
      },
    },
    messenger: {
      say: (_address, { text }) => {
        said.push(text);
        return Promise.resolve(1);
      },
    },
    log: createSilentLogger(),
    signal: new AbortController().signal,
  });
  return { dispatcher, settled, said };
}

describe("Dispatcher", () => {
  test("a row is handled once, however often it comes, and settled with its outcome", async () => {
    let handled = 0;
    const { dispatcher, settled } = start(() => {
      handled += 1;
      return Promise.resolve(HANDLED);
    });
    dispatcher.dispatch(row(1));
    dispatcher.dispatch(row(1));
    await dispatcher.idle();
    dispatcher.dispatch(row(1));
    await dispatcher.idle();
    expect(handled).toBe(1);
    expect(settled).toEqual([[1, "handled", ""]]);
  });

  test("a row that nothing is to be done for is settled as ignored", async () => {
    const { dispatcher, settled } = start(null);
    dispatcher.dispatch(row(1));
    await dispatcher.idle();
    expect(settled).toEqual([[1, "ignored", "nothing to do"]]);
  });

  test.each([
    [
      "the API away",
      new ApiUnreachable(new Error("refused")),
      "⚠️ My backend is not answering right now. Please try again in a moment.",
    ],
    [
      "an expected refusal",
      new ApiError({ status: 429, code: "queue_full", detail: "full" }),
      "Too many messages are waiting. Please try again when some are answered.",
    ],
    [
      "a refusal with its figures",
      new ApiError({ status: 429, code: "rate_limited", detail: "slow down", params: { seconds: 17 } }),
      "Too many messages in a short time. Please try again in 17 s.",
    ],
    [
      "a defect",
      new TypeError("oops"),
      "Something went wrong inside Steward. It is in the log; please try again.",
    ],
  ])("%s is told in one sentence, and the row is over", async (_name, error, sentence) => {
    const { dispatcher, settled, said } = start(() => Promise.reject(error));
    dispatcher.dispatch(row(1));
    await dispatcher.idle();
    expect(said).toEqual([sentence]);
    expect(settled).toEqual([[1, "handled", error.message]]);
  });

  test("nothing more is sent to somebody who has blocked the bot", async () => {
    const blocked = refusal("sendMessage", 403, "Forbidden: bot was blocked by the user");
    const { dispatcher, settled, said } = start(() => Promise.reject(blocked));
    dispatcher.dispatch(row(1));
    await dispatcher.idle();
    expect(said).toEqual([]);
    expect(settled[0]?.[1]).toBe("dead");
  });
});
