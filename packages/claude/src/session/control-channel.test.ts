import { createFakeClock } from "@steward/platform/clock";
import { describe, expect, test } from "vitest";
import { CliError } from "../cli-driver.ts";
import type { RawMessage } from "../codec/raw-message.ts";
import { type ControlHandler, createControlChannel } from "./control-channel.ts";

function openChannel(handle: ControlHandler = () => Promise.resolve({})): {
  clock: ReturnType<typeof createFakeClock>;
  channel: ReturnType<typeof createControlChannel>;
  sent: RawMessage[];
} {
  const clock = createFakeClock();
  const sent: RawMessage[] = [];
  const send = (message: object): boolean => sent.push({ ...message }) > 0;
  return { clock, sent, channel: createControlChannel({ clock, handle, send }) };
}

const answer = (id: unknown, response: object): RawMessage => ({
  type: "control_response",
  response: { request_id: id, ...response },
});

describe("our requests", () => {
  test("are answered by their own id, in whatever order the answers come", async () => {
    const { channel, sent } = openChannel();
    const first = channel.request({ subtype: "a" }, 1_000);
    const second = channel.request({ subtype: "b" }, 1_000);
    channel.receive(answer(sent[1]?.request_id, { subtype: "success", response: { n: 2 } }));
    channel.receive(answer(sent[0]?.request_id, { subtype: "success", response: { n: 1 } }));
    expect([await first, await second]).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test("fail with the CLI's words", async () => {
    const { channel, sent } = openChannel();
    const request = channel.request({ subtype: "nonsense" }, 1_000);
    channel.receive(answer(sent[0]?.request_id, { subtype: "error", error: "Unsupported" }));
    await expect(request).rejects.toMatchObject({ code: "cli_request_failed", detail: "Unsupported" });
  });

  test("fail after their time; an answer that comes later is nobody's", async () => {
    const { channel, sent, clock } = openChannel();
    const outcome = expect(channel.request({ subtype: "slow" }, 500)).rejects.toMatchObject({
      code: "cli_request_timeout",
    });
    await clock.advance(500);
    await outcome;
    expect(channel.receive(answer(sent[0]?.request_id, { subtype: "success", response: {} }))).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("fail when the process goes, those that come later too", async () => {
    const { channel, clock } = openChannel();
    const outcome = expect(channel.request({ subtype: "a" }, 500)).rejects.toMatchObject({
      code: "cli_exited",
    });
    channel.close(new CliError("cli_exited", "exit code 1"));
    await outcome;
    await expect(channel.request({ subtype: "b" }, 500)).rejects.toMatchObject({ code: "cli_exited" });
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe("the CLI's requests", () => {
  const question = { type: "control_request", request_id: "q", request: { subtype: "can_use_tool" } };

  test("get the handler's answer, or its failure as an error", async () => {
    const { channel, sent, clock } = openChannel((request) =>
      request.subtype === "can_use_tool"
        ? Promise.resolve({ behavior: "allow" })
        : Promise.reject(new Error("no")),
    );
    channel.receive(question);
    channel.receive({ type: "control_request", request_id: "r", request: { subtype: "other" } });
    await clock.advance(0);
    expect(sent).toEqual([
      answer("q", { subtype: "success", response: { behavior: "allow" } }),
      answer("r", { subtype: "error", error: "Error: no" }),
    ]);
  });

  test.each(["control_cancel_request", "close"])("get no answer after %s", async (how) => {
    let signal: AbortSignal | undefined;
    const { channel, sent, clock } = openChannel(async (_request, withdrawn) => {
      signal = withdrawn;
      await clock.sleep(100);
      return {};
    });
    channel.receive(question);
    if (how === "close") channel.close(new CliError("cli_exited", ""));
    else channel.receive({ type: "control_cancel_request", request_id: "q" });
    expect(signal?.aborted).toBe(true);
    await clock.advance(100);
    expect(sent).toEqual([]);
  });

  test("other messages are not the channel's", () => {
    expect(openChannel().channel.receive({ type: "assistant" })).toBe(false);
  });
});
