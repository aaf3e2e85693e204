import { describe, expect, test } from "vitest";
import { startFixture } from "./fixture.ts";

describe("transcripts", () => {
  test("a chat reads as a person would tell it", async () => {
    const { createFakeClock } = await import("@steward/platform/clock");
    const clock = createFakeClock();
    const { call, chat_id, dm, telegram, bot, alice, hello } = await startFixture({ clock });
    await call("sendChatAction", { chat_id, action: "typing" });
    await clock.advance(12);
    const { result } = await call("sendMessage", {
      chat_id,
      text: "Working…",
      disable_notification: true,
      reply_parameters: { message_id: hello.id },
      reply_markup: { inline_keyboard: [[{ text: "Stop", callback_data: "stop:7" }]] },
    });
    await clock.advance(1000);
    const press = dm.pressButton(result.message_id, "Stop");
    await call("answerCallbackQuery", { callback_query_id: press.id, text: "Stopping" });
    await call("editMessageText", {
      chat_id,
      message_id: result.message_id,
      text: "Stopped.\nconst x = 1;",
      entities: [
        { type: "bold", offset: 0, length: 8 },
        { type: "pre", offset: 9, length: 12, language: "ts" },
      ],
    });
    await call("setMessageReaction", {
      chat_id,
      message_id: hello.id,
      reaction: [{ type: "emoji", emoji: "👌" }],
    });
    await clock.advance(500);
    dm.sendDocument({ data: "12345", name: "a.txt" }, { caption: "look" });
    const old = dm.sendText("never mind");
    dm.delete(old);
    expect(telegram.renderTranscript(bot, alice)).toBe(
      `
── private 5100000001 · Alice with @steward_bot ──
+0.000s  #1 Alice: hello
           ♡ 👌 by 7000000001
+0.000s  · typing
+0.012s  #2 @steward_bot ↩1 silent: Working…
           ✎ +1.012s **Stopped.**
             \`\`\`ts
             const x = 1;
             \`\`\`
+1.012s  ☞ Alice pressed stop:7 on #2 → answered "Stopping" +1.012s
+1.512s  #3 Alice: [document: a.txt, 5 bytes] look
+1.512s  #4 Alice: never mind
           ✗ deleted +1.512s
`.trim(),
    );
  });

  test("calls list what was asked and answered, without polls unless named", async () => {
    const { call, chat_id, telegram, bot } = await startFixture();
    await call("getUpdates");
    await call("SENDMESSAGE", { chat_id, text: "x" });
    await call("sendMessage", { chat_id: 1, text: "x" });
    expect(telegram.calls(bot)).toMatchObject([
      { method: "sendMessage", params: { chat_id, text: "x" }, outcome: { ok: true, result: { text: "x" } } },
      {
        method: "sendMessage",
        outcome: { ok: false, code: 400, description: "Bad Request: chat not found" },
      },
    ]);
    expect(telegram.calls(bot, { chat: chat_id })).toHaveLength(1);
    expect(telegram.calls(bot, { includePolls: true }).map(({ method }) => method)).toEqual([
      "getUpdates",
      "sendMessage",
      "sendMessage",
    ]);
  });
});

describe("waiting", () => {
  test("resolves when it happens", async () => {
    const { call, chat_id, telegram, bot, alice } = await startFixture();
    const answer = telegram.waitForMessage(bot, alice, ({ text }) => text === "final");
    await call("sendMessage", { chat_id, text: "first" });
    await call("sendMessage", { chat_id, text: "final" });
    expect(await answer).toMatchObject({ text: "final", id: 3 });
  });

  test("rejects with everything rendered, violations included", async () => {
    const { call, chat_id, telegram } = await startFixture();
    await call("sendMessage", { chat_id, text: "so far" });
    await call("sendMessage", { chat_id, text: "" });
    const wait = telegram.waitFor(() => false, { timeoutMs: 10, describe: "the impossible" });
    await expect(wait).rejects.toThrow(
      /timed out after 10 ms waiting for the impossible[\s\S]*so far[\s\S]*text is empty/,
    );
  });

  test("a predicate that throws rejects at once, and closing ends every wait", async () => {
    const { telegram } = await startFixture();
    await expect(
      telegram.waitFor(() => {
        throw new Error("wrong");
      }),
    ).rejects.toThrow("wrong");
    const wait = telegram.waitFor(() => false);
    const ended = expect(wait).rejects.toThrow("closed");
    await telegram.close();
    await ended;
  });
});

describe("speed", () => {
  test("update → long poll → answer costs little more than its two HTTP requests; waiting costs nothing", async () => {
    const { call, chat_id, dm, telegram, bot, alice } = await startFixture();
    let offset = 0;
    let answered = 0;
    const stop = new AbortController();
    const polling = (async () => {
      while (!stop.signal.aborted) {
        const { result } = await call("getUpdates", { offset, timeout: 50 }, stop.signal);
        for (const update of result) {
          offset = update.update_id + 1;
          await call("sendMessage", { chat_id, text: `answer ${++answered}` });
        }
      }
    })();
    await telegram.waitForMessage(bot, alice, ({ text }) => text === "answer 1");
    const roundTripsMs: number[] = [];
    const requestsMs: number[] = [];
    for (let index = 2; index <= 100; index += 1) {
      await telegram.waitForIdlePoll(bot);
      roundTripsMs.push(
        await timed(async () => {
          dm.sendText(`question ${index}`);
          await telegram.waitForMessage(bot, alice, ({ text }) => text === `answer ${index}`);
        }),
      );
      requestsMs.push(await timed(() => call("getMe")));
    }
    const cpuBefore = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 300)); // a span to measure over, nothing is awaited here
    const { user, system } = process.cpuUsage(cpuBefore);
    stop.abort();
    await expect(polling).rejects.toThrow("abort");

    const [roundTripMs, requestMs] = [median(roundTripsMs), median(requestsMs)];
    const idleShare = (user + system) / 1000 / 300;
    console.info(
      `round trip ${roundTripMs.toFixed(2)} ms, one request ${requestMs.toFixed(2)} ms, idle CPU ${(idleShare * 100).toFixed(1)} %`,
    );
    expect(roundTripMs).toBeLessThan(5 * requestMs);
    expect(idleShare).toBeLessThan(0.2);
  });
});

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

const median = (values: number[]) =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
