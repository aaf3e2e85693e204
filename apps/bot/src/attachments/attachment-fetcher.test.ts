import { ApiError, ApiUnreachable } from "@steward/client/api-error";
import type { WantedAttachment } from "@steward/contract/attachments";
import type { ErrorCode } from "@steward/contract/errors";
import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { BotApiError } from "@steward/telegram/api";
import { FileFetchError } from "@steward/telegram/files";
import { describe, expect, test } from "vitest";
import { CHAT } from "../../test/tiny-steward.ts";
import { AttachmentFetcher } from "./attachment-fetcher.ts";

const MB = 1_048_576;
const wantedOf = (n: number, more: Partial<WantedAttachment> = {}): WantedAttachment => ({
  ...CHAT,
  attachmentId: `0193f0a2-7c11-7000-8000-${String(n).padStart(12, "0")}`,
  key: `m${n}-u${n}`,
  kind: "document",
  remoteId: `file-${n}`,
  name: `${n}.pdf`,
  bytes: 10,
  ...more,
});

function start() {
  const clock = createFakeClock();
  const opened: string[] = [];
  const uploaded: [string, string][] = [];
  const failed: [string, ErrorCode, object][] = [];
  const state = {
    open: async (_fileId: string, _signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> =>
      (async function* () {
        yield Buffer.from("con");
        yield Buffer.from("tent");
      })(),
    upload: async (_key: string): Promise<void> => undefined,
  };
  const stop = new AbortController();
  const fetcher = new AttachmentFetcher({
    source: {
      maxBytes: 20 * MB,
      open: (fileId, signal) => {
        opened.push(fileId);
        return state.open(fileId, signal);
      },
    },
    steward: {
      uploadAttachment: async ({ key }, content) => {
        const text = await new Response(content).text();
        await state.upload(key);
        uploaded.push([key, text]);
      },
      failAttachment: async (id, code, params) => void failed.push([id, code, params]),
    },
    clock,
    log: createSilentLogger(),
    signal: stop.signal,
  });
  const pass = async (ms: number, stepMs = 5_000): Promise<void> => {
    for (let left = ms; left > 0; left -= stepMs) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(Math.min(left, stepMs));
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, opened, uploaded, failed, state, fetcher, stop, pass };
}

const refused = (code: string, status: number, params = {}) =>
  new ApiError({ status, code, detail: code, params });

describe("AttachmentFetcher", () => {
  test("hands a file on as it comes, once, however often it is asked for meanwhile", async () => {
    const { fetcher, uploaded, opened } = start();
    fetcher.add(wantedOf(1));
    fetcher.reset([wantedOf(1), wantedOf(2)]);
    await fetcher.idle();
    expect(uploaded).toEqual([
      ["m1-u1", "content"],
      ["m2-u2", "content"],
    ]);
    expect(opened).toEqual(["file-1", "file-2"]);
  });

  test("what is announced as too large is not even asked for", async () => {
    const { fetcher, failed, opened } = start();
    fetcher.add(wantedOf(1, { bytes: 20 * MB + 1 }));
    await fetcher.idle();
    expect(opened).toEqual([]);
    expect(failed).toEqual([[wantedOf(1).attachmentId, "attachment_too_large", { limitMb: 20 }]]);
  });

  test("begins anew when it broke off in the middle, and waits as long as Telegram says", async () => {
    const { fetcher, state, uploaded, opened, pass } = start();
    const good = state.open;
    const ways = [
      async () =>
        (async function* () {
          yield Buffer.from("half");
          throw new FileFetchError("broken", "the download broke off");
        })(),
      async () => {
        throw new BotApiError({
          method: "getFile",
          code: 429,
          description: "slow down",
          retryAfterMs: 40_000,
        });
      },
    ];
    state.open = (fileId, signal) => (ways.shift() ?? good)(fileId, signal);
    fetcher.add(wantedOf(1));
    await pass(5_000, 500);
    expect(opened).toHaveLength(2);
    await pass(30_000);
    expect(opened).toHaveLength(2);
    await pass(10_000);
    expect(uploaded).toEqual([["m1-u1", "content"]]);
  });

  test("asks for a new address when one has expired, and gives up what is gone under each of them", async () => {
    const { fetcher, state, uploaded, failed, opened, pass } = start();
    const good = state.open;
    let gone = 3;
    state.open = (fileId, signal) =>
      gone-- > 0 ? Promise.reject(new FileFetchError("gone", "HTTP 404")) : good(fileId, signal);
    fetcher.add(wantedOf(1));
    await pass(60_000);
    expect(uploaded).toHaveLength(1);
    gone = Number.POSITIVE_INFINITY;
    fetcher.add(wantedOf(2));
    await pass(120_000);
    expect(failed).toEqual([[wantedOf(2).attachmentId, "attachment_unavailable", {}]]);
    expect(opened.filter((id) => id === "file-2")).toHaveLength(4);
  });

  test("insists for ten minutes where only the way is broken", async () => {
    const { fetcher, state, failed, pass } = start();
    state.open = () => Promise.reject(new FileFetchError("broken", "HTTP 502"));
    fetcher.add(wantedOf(1));
    await pass(9.5 * 60_000);
    expect(failed).toEqual([]);
    await pass(60_000);
    expect(failed).toEqual([[wantedOf(1).attachmentId, "attachment_unreachable", {}]]);
  });

  test.each([
    ["file_quota_full", 507, { usedMb: 3, quotaMb: 3 }],
    ["storage_full", 507, {}],
    ["file_is_program", 422, { kind: "ELF" }],
    ["file_empty", 422, {}],
    ["file_place_unsafe", 409, {}],
    ["payload_too_large", 413, { limitMb: 100 }],
  ])("tells the API's own refusal: %s", async (code, status, params) => {
    const { fetcher, state, failed, opened } = start();
    state.upload = () => Promise.reject(refused(code, status, params));
    fetcher.add(wantedOf(1));
    await fetcher.idle();
    expect(failed).toEqual([[wantedOf(1).attachmentId, code, params]]);
    expect(opened).toHaveLength(1);
  });

  test.each([
    ["the API is away", new ApiUnreachable(new Error("down"))],
    ["it is stopping", refused("shutting_down", 503)],
    ["it was too slow", refused("upload_too_slow", 408)],
    ["it has the other half still open", refused("conflict", 409)],
    ["the token was replaced", refused("unauthorized", 401)],
  ])("tries again when %s", async (_, error) => {
    const { fetcher, state, failed, uploaded, pass } = start();
    let times = 2;
    state.upload = () => (times-- > 0 ? Promise.reject(error) : Promise.resolve());
    fetcher.add(wantedOf(1));
    await pass(20_000, 500);
    expect(failed).toEqual([]);
    expect(uploaded).toHaveLength(1);
  });

  test("three at a time; what is not wanted any more is given up", async () => {
    const { fetcher, state, opened, failed } = start();
    const signals: AbortSignal[] = [];
    state.open = (_, signal) => {
      signals.push(signal);
      return new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      );
    };
    for (const n of [1, 2, 3, 4, 5]) fetcher.add(wantedOf(n));
    await new Promise((resolve) => setImmediate(resolve));
    expect(opened).toEqual(["file-1", "file-2", "file-3"]);
    fetcher.reset([wantedOf(2), wantedOf(5)]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, true, false]);
    expect(opened).toEqual(["file-1", "file-2", "file-3", "file-5"]);
    expect(failed).toEqual([]);
  });
});
