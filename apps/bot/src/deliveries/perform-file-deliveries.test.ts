import { ApiError, ApiUnreachable } from "@steward/client/api-error";
import type { Delivery } from "@steward/contract/deliveries";
import { createSilentLogger } from "@steward/platform/logger";
import { BotApiError, BotNetworkError } from "@steward/telegram/api";
import { LaneDeferredError } from "@steward/telegram/lanes";
import { describe, expect, test } from "vitest";
import { deliveryOf } from "../../test/tiny-steward.ts";
import { type FileDeliveryDeps, performFileDeliveries } from "./perform-file-deliveries.ts";
import { createPlaces } from "./places.ts";

const FILE = {
  id: "0193f0a2-7c11-7000-8000-0000000000f1",
  direction: "out" as const,
  name: "report.txt",
  mediaType: "text/plain",
  bytes: 6,
  path: "outbox/sent/20261121-120000_report.txt",
};
const refused = (code: number, description = "Bad Request: nothing doing") =>
  new BotApiError({ method: "sendDocument", code, description });
const network = (reason: "connection" | "refused" | "timeout", maybeSent: boolean) =>
  new BotNetworkError({ method: "sendDocument", reason, maybeSent, cause: new Error(reason) });

function start(more: Partial<FileDeliveryDeps["steward"] & FileDeliveryDeps["messenger"]> = {}) {
  const happened: string[] = [];
  const deps: FileDeliveryDeps = {
    steward: {
      fetchFile: async () => new Blob(["report"]),
      beginSending: async () => {
        happened.push("sending");
        return true;
      },
      ...more,
    },
    messenger: {
      sendFile: async (_address, { kind, name, content }) => {
        happened.push(`${kind} ${name}: ${await content.text()}`);
        return 9;
      },
      sendAlbum: async (_address, files) => {
        happened.push(`album of ${files.map(({ kind, name }) => `${kind} ${name}`).join(", ")}`);
        return files.map((_, index) => 20 + index);
      },
      send: async (_address, { text }) => {
        happened.push(`says ${text}`);
        return 10;
      },
      ...more,
    },
    retryAt: (attempt) => 1_000 * attempt,
    log: createSilentLogger(),
  };
  const perform = (delivery: Partial<Delivery> = {}) =>
    performFileDeliveries(
      [deliveryOf({ kind: "file", text: FILE.name, file: FILE, ...delivery })],
      deps,
      new AbortController().signal,
    ).then(([outcome]) => outcome);
  const performAll = (files: readonly (typeof FILE)[]) =>
    performFileDeliveries(
      files.map((file) => deliveryOf({ kind: "file", text: file.name, file })),
      deps,
      new AbortController().signal,
    );
  return { happened, perform, performAll };
}

describe("performFileDeliveries", () => {
  test("the API knows that the file goes out before it does", async () => {
    const { happened, perform } = start();
    expect(await perform()).toEqual({ outcome: "delivered" });
    expect(happened).toEqual(["sending", "document report.txt: report"]);
  });

  test("a picture is shown as one, a large one is a document", async () => {
    const { happened, perform } = start();
    const picture = { ...FILE, name: "a.png", mediaType: "image/png" };
    await perform({ file: picture });
    await perform({ file: { ...picture, bytes: 10 * 1_048_576 + 1 } });
    expect(happened.filter((each) => each !== "sending")).toEqual([
      "photo a.png: report",
      "document a.png: report",
    ]);
  });

  test("a picture that Telegram cannot show goes as a document", async () => {
    const kinds: string[] = [];
    const { perform } = start({
      sendFile: async (_address, { kind }) => {
        kinds.push(kind);
        if (kind === "photo") throw refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS");
        return 9;
      },
    });
    expect(await perform({ file: { ...FILE, mediaType: "image/png" } })).toEqual({ outcome: "delivered" });
    expect(kinds).toEqual(["photo", "document"]);
  });

  test.each([
    ["the connection broke", network("connection", true)],
    ["nobody answered in time", network("timeout", true)],
    ["something in front of Telegram failed", refused(502)],
  ])("%s: possibly delivered, never again by itself", async (_what, error) => {
    const { happened, perform } = start({ sendFile: () => Promise.reject(error) });
    expect(await perform()).toMatchObject({ outcome: "possibly_delivered" });
    expect(happened).toEqual(["sending"]);
  });

  test("what an earlier process began is in doubt: it is not even fetched", async () => {
    const { happened, perform } = start({ fetchFile: () => Promise.reject(new Error("not expected")) });
    expect(await perform({ state: "sending" })).toMatchObject({ outcome: "possibly_delivered" });
    expect(happened).toEqual([]);
  });

  test("what somebody else has begun to send is not sent", async () => {
    const { happened, perform } = start({ beginSending: async () => false });
    expect(await perform()).toMatchObject({ outcome: "possibly_delivered" });
    expect(happened).toEqual([]);
  });

  test.each([
    ["no connection", network("refused", false), { outcome: "retry", retryAt: 1_000 }],
    ["a revoked token", refused(401), { outcome: "retry", retryAt: 1_000 }],
    [
      "flood control for minutes",
      new LaneDeferredError({ method: "sendDocument", retryAtMs: 77, waitMs: 1 }),
      { outcome: "retry", retryAt: 77 },
    ],
    ["a chat that is closed to us", refused(403), { outcome: "dead" }],
  ])("%s: nothing was sent", async (_what, error, outcome) => {
    const { perform } = start({ sendFile: () => Promise.reject(error) });
    expect(await perform()).toMatchObject(outcome);
  });

  test("a refusal is told with its reason", async () => {
    const { happened, perform } = start({
      sendFile: () => Promise.reject(refused(413, "Request Entity Too Large")),
    });
    expect(await perform()).toMatchObject({ outcome: "dead" });
    expect(happened.at(-1)).toBe("says ⚠️ Telegram does not take report.txt: Request Entity Too Large");
  });

  test("a file that was changed since is told and not sent", async () => {
    const changed = new ApiError({ status: 409, code: "file_changed", detail: "changed" });
    const { happened, perform } = start({ fetchFile: () => Promise.reject(changed) });
    expect(await perform()).toMatchObject({ outcome: "dead" });
    expect(happened).toEqual([expect.stringContaining("says 📎 report.txt: The file was changed")]);
  });

  test("an API that is away is asked again later", async () => {
    const { happened, perform } = start({
      fetchFile: () => Promise.reject(new ApiUnreachable(new Error("away"))),
    });
    expect(await perform()).toMatchObject({ outcome: "retry", retryAt: 1_000 });
    expect(happened).toEqual([]);
  });
});

describe("places", () => {
  test("so many at a time, the others in their order; who leaves loses nothing for the rest", async () => {
    const places = createPlaces(1);
    const leaving = new AbortController();
    const taken: string[] = [];
    const take = async (name: string, signal = new AbortController().signal) => {
      const giveBack = await places.take(signal);
      taken.push(name);
      return giveBack;
    };
    const first = await take("first");
    const gone = take("gone", leaving.signal);
    const second = take("second");
    leaving.abort(new Error("left"));
    await expect(gone).rejects.toThrow("left");
    expect(taken).toEqual(["first"]);
    first();
    first();
    (await second)();
    await take("third");
    expect(taken).toEqual(["first", "second", "third"]);
  });
});

describe("several files of one answer", () => {
  const picture = (n: number) => ({
    ...FILE,
    id: `0193f0a2-7c11-7000-8000-0000000001${n}0`,
    name: `${n}.png`,
    mediaType: "image/png",
  });

  test("are one album, each told before it goes out", async () => {
    const { happened, performAll } = start();
    const video = { ...picture(3), name: "3.mp4", mediaType: "video/mp4" };
    expect(await performAll([picture(1), picture(2), video])).toEqual(
      [1, 2, 3].map(() => ({ outcome: "delivered" })),
    );
    expect(happened).toEqual([
      "sending",
      "sending",
      "sending",
      "album of photo 1.png, photo 2.png, video 3.mp4",
    ]);
  });

  test("which Telegram does not take as an album go one by one, once", async () => {
    const { happened, performAll } = start({ sendAlbum: () => Promise.reject(refused(400)) });
    expect(await performAll([picture(1), picture(2)])).toEqual([1, 2].map(() => ({ outcome: "delivered" })));
    expect(happened).toEqual(["sending", "sending", "photo 1.png: report", "photo 2.png: report"]);
  });

  test("of which nobody knows whether they arrived are all in doubt, and none is sent again", async () => {
    const { happened, performAll } = start({ sendAlbum: () => Promise.reject(network("connection", true)) });
    const outcomes = await performAll([picture(1), picture(2)]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["possibly_delivered", "possibly_delivered"]);
    expect(happened).toEqual(["sending", "sending"]);
  });

  test("one that has gone meanwhile does not hold up the others", async () => {
    const gone = new ApiError({ status: 404, code: "not_found", detail: "gone" });
    const { happened, performAll } = start({
      fetchFile: (id) =>
        id === picture(2).id ? Promise.reject(gone) : Promise.resolve(new Blob(["report"])),
    });
    const outcomes = await performAll([picture(1), picture(2), picture(3)]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["delivered", "dead", "delivered"]);
    expect(happened.at(-1)).toBe("album of photo 1.png, photo 3.png");
  });
});
