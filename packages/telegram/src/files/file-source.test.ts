import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeClock } from "@steward/platform/clock";
import { afterEach, describe, expect, test } from "vitest";
import { BotApiError } from "../api/bot-api.ts";
import { createFileSource, FileFetchError, MAX_DOWNLOAD_BYTES } from "./file-source.ts";

const SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const TOKEN = `4242:${SECRET}`;
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function start({
  file = { file_path: "documents/file 1.pdf" } as { file_path?: string; file_size?: number } | Error,
  answer = () => new Response("content"),
  localRoot = null as string | null,
}: {
  file?: { file_path?: string; file_size?: number } | Error;
  answer?: () => Response | Promise<Response>;
  localRoot?: string | null;
} = {}) {
  const clock = createFakeClock();
  const asked: string[] = [];
  const source = createFileSource({
    api: {
      call: async () => {
        if (file instanceof Error) throw file;
        return { file_id: "f", file_unique_id: "u", ...file } as never;
      },
    },
    token: TOKEN,
    apiRoot: "http://telegram.test/",
    fetch: async (input) => {
      asked.push(String(input));
      return await answer();
    },
    localRoot,
    clock,
  });
  const controller = new AbortController();
  const read = async (): Promise<string> => {
    const parts: Uint8Array[] = [];
    for await (const chunk of await source.open("f", controller.signal)) parts.push(chunk);
    return Buffer.concat(parts).toString();
  };
  const failure = async (): Promise<FileFetchError> => {
    const error = await read().then(
      () => new Error("it was read"),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof FileFetchError)) throw error;
    return error;
  };
  return { clock, asked, source, controller, read, failure };
}

const pieces = (chunk: Uint8Array, times: number) => {
  let left = times;
  return new Response(
    new ReadableStream({
      pull: (controller) => {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    }),
  );
};

describe("a file of Telegram's", () => {
  test("is found by its id and read as it comes", async () => {
    const { read, asked } = start();
    expect(await read()).toBe("content");
    expect(asked).toEqual([`http://telegram.test/file/bot${TOKEN}/documents/file%201.pdf`]);
  });

  test.each([
    ["by its size", start({ file: { file_path: "a", file_size: MAX_DOWNLOAD_BYTES + 1 } })],
    [
      "in Telegram's words",
      start({
        file: new BotApiError({ method: "getFile", code: 400, description: "Bad Request: file is too big" }),
      }),
    ],
    ["only while it comes", start({ answer: () => pieces(new Uint8Array(1_048_576), 30) })],
  ])("is too large, %s", async (_, { failure }) => {
    expect((await failure()).reason).toBe("too_large");
  });

  test.each([
    [
      "an id that is not known",
      start({ file: new BotApiError({ method: "getFile", code: 400, description: "wrong file_id" }) }),
      "gone",
    ],
    ["no place", start({ file: {} }), "gone"],
    ["an address that has expired", start({ answer: () => Response.json({}, { status: 404 }) }), "gone"],
    ["a proxy's page", start({ answer: () => new Response("<html>", { status: 502 }) }), "broken"],
    [
      "a redirection",
      start({
        answer: () => new Response(null, { status: 302, headers: { location: "http://elsewhere.test" } }),
      }),
      "broken",
    ],
    ["fewer bytes than announced", start({ file: { file_path: "a", file_size: 8 } }), "broken"],
  ])("cannot be had: %s", async (_, { failure }, reason) => {
    expect((await failure()).reason).toBe(reason);
  });

  test("of another refusal of getFile says what it was", async () => {
    const error = new BotApiError({
      method: "getFile",
      code: 429,
      description: "slow down",
      retryAfterMs: 5_000,
    });
    await expect(start({ file: error }).read()).rejects.toBe(error);
  });

  test("that stalls is given up, before its first byte and after", async () => {
    for (const answer of [
      () => new Promise<Response>(() => undefined),
      () => new Response(new ReadableStream({ start: (begun) => begun.enqueue(Buffer.from("x")) })),
    ]) {
      const { clock, failure } = start({ answer });
      const failed = failure();
      await clock.advance(29_000);
      await clock.advance(2_000);
      expect(await failed).toMatchObject({ reason: "broken", message: "the download stalled" });
    }
  });

  test("is let go of when nobody wants it any more", async () => {
    const { controller, read } = start({ answer: () => new Promise<Response>(() => undefined) });
    const reading = read();
    const reason = new Error("not wanted");
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  test("never tells the token", async () => {
    const broken = new TypeError(`fetch failed: http://telegram.test/file/bot${TOKEN}/a`);
    for (const answer of [
      () => Promise.reject(broken),
      () => new Response(new ReadableStream({ pull: (reading) => reading.error(broken) })),
    ]) {
      const error = await start({ answer }).failure();
      expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain(SECRET);
    }
  });
});

describe("a file of a local server", () => {
  const place = () => {
    const root = mkdtempSync(join(tmpdir(), "steward-local-"));
    ends.push(() => rmSync(root, { recursive: true, force: true }));
    mkdirSync(join(root, "api", TOKEN, "documents"), { recursive: true });
    writeFileSync(join(root, "api", TOKEN, "documents", "a.txt"), "of the server");
    writeFileSync(join(root, "secret"), "of somebody else");
    return { root, localRoot: join(root, "api"), inside: join(root, "api", TOKEN) };
  };

  test("is read from below its directory", async () => {
    const { localRoot, inside } = place();
    const { read, source } = start({ localRoot, file: { file_path: join(inside, "documents", "a.txt") } });
    expect(await read()).toBe("of the server");
    expect(source.maxBytes).toBe(2_000 * 1_048_576);
  });

  test.each([
    ["no directory is set", () => ({ localRoot: null, path: place().inside })],
    [
      "it lies outside",
      () => {
        const { localRoot, root } = place();
        return { localRoot, path: join(root, "secret") };
      },
    ],
    [
      "its path leads out",
      () => {
        const { localRoot } = place();
        return { localRoot, path: `${localRoot}/../secret` };
      },
    ],
    [
      "it is a link",
      () => {
        const { localRoot, inside, root } = place();
        symlinkSync(join(root, "secret"), join(inside, "link"));
        return { localRoot, path: join(inside, "link") };
      },
    ],
    [
      "a link leads to it",
      () => {
        const { localRoot, inside, root } = place();
        symlinkSync(root, join(inside, "folder"));
        return { localRoot, path: join(inside, "folder", "secret") };
      },
    ],
    [
      "it is a FIFO",
      () => {
        const { localRoot, inside } = place();
        execFileSync("mkfifo", [join(inside, "fifo")]);
        return { localRoot, path: join(inside, "fifo") };
      },
    ],
    [
      "it is a folder",
      () => {
        const { localRoot, inside } = place();
        return { localRoot, path: join(inside, "documents") };
      },
    ],
    [
      "it is the directory itself",
      () => {
        const { localRoot } = place();
        return { localRoot, path: localRoot };
      },
    ],
  ])("is refused when %s, and no path is told", async (_, make) => {
    const { localRoot, path } = make();
    const error = await start({ localRoot, file: { file_path: path } }).failure();
    expect(error.reason).toBe("unsafe_place");
    expect(`${error.message} ${String(error.cause)}`).not.toContain(SECRET);
  });

  test("that has gone is gone", async () => {
    const { localRoot, inside } = place();
    for (const name of ["nothing", "none/of/it"]) {
      expect((await start({ localRoot, file: { file_path: join(inside, name) } }).failure()).reason).toBe(
        "gone",
      );
    }
  });
});
