import type { Clock } from "@steward/platform/clock";
import { type BotApi, BotApiError } from "../api/bot-api.ts";
import { FileFetchError } from "./file-fetch-error.ts";
import { openLocalFile } from "./local-file.ts";

export { FileFetchError, type FileFetchFailure } from "./file-fetch-error.ts";

/** What the public Bot API hands out (getFile), and what a local server takes and gives. */
export const MAX_DOWNLOAD_BYTES = 20 * 1_048_576;
export const MAX_LOCAL_BYTES = 2_000 * 1_048_576;

export interface FileSource {
  /** Larger ones need not be asked for. */
  readonly maxBytes: number;
  /**
   * Finds a file and opens it. The bytes come as they arrive; reading them throws FileFetchError too.
   *
   * @throws FileFetchError · BotApiError, BotNetworkError of getFile, when neither says that the file cannot be had
   */
  open(fileId: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

export interface FileSourceDeps {
  api: Pick<BotApi, "call">;
  token: string;
  apiRoot: string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** The directory of a local server that runs with `--local`; null: there is none. */
  localRoot: string | null;
  clock: Pick<Clock, "setTimer">;
}

/** Without a byte for so long a download is given up, to be begun anew. */
const STALL_MS = 30_000;

/** The files that people send to a bot. */
export function createFileSource(deps: FileSourceDeps): FileSource {
  const { api, localRoot } = deps;
  const maxBytes = localRoot === null ? MAX_DOWNLOAD_BYTES : MAX_LOCAL_BYTES;
  const tooLarge = () => new FileFetchError("too_large", `the file is larger than ${maxBytes} bytes`);

  const find = async (
    fileId: string,
    signal: AbortSignal,
  ): Promise<{ path: string; bytes: number | null }> => {
    try {
      const found = await api.call("getFile", { file_id: fileId }, { signal });
      if ((found.file_size ?? 0) > maxBytes) throw tooLarge();
      if (found.file_path === undefined)
        throw new FileFetchError("gone", "Telegram names no place for the file");
      return { path: found.file_path, bytes: found.file_size ?? null };
    } catch (error) {
      if (!(error instanceof BotApiError) || error.code !== 400) throw error;
      if (/too big/i.test(error.description)) throw tooLarge();
      throw new FileFetchError("gone", error.description);
    }
  };

  async function* bounded(chunks: AsyncIterable<Uint8Array>, expected: number | null) {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge();
      yield chunk;
    }
    if (expected !== null && bytes !== expected) {
      throw new FileFetchError("broken", `${bytes} of ${expected} bytes came`);
    }
  }

  return {
    maxBytes,
    open: async (fileId, signal) => {
      const { path, bytes } = await find(fileId, signal);
      if (!path.startsWith("/")) return bounded(await download(deps, path, signal), bytes);
      if (localRoot === null)
        throw new FileFetchError("unsafe_place", "the server names a place on its own disk");
      const local = await openLocalFile(localRoot, path);
      if (local.bytes > maxBytes) {
        await local.handle.close();
        throw tooLarge();
      }
      // Read to its end or given up: either closes the file.
      return bounded(local.handle.createReadStream({ start: 0 }), local.bytes);
    },
  };
}

/** The bytes at an address of a file, once its answer has begun. */
async function download(
  { apiRoot, token, fetch, clock }: FileSourceDeps,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const place = path.split("/").map(encodeURIComponent).join("/");
  const stalled = new AbortController();
  const either = AbortSignal.any([signal, stalled.signal]);
  /** What `fetch` throws may hold the address, and with it the token: nothing of it is kept. */
  const unlessStalled = async <Value>(step: Promise<Value>): Promise<Value> => {
    const timer = clock.setTimer(STALL_MS, () => stalled.abort());
    try {
      return await Promise.race([step, rejectionOf(either)]);
    } catch {
      signal.throwIfAborted();
      throw new FileFetchError(
        "broken",
        stalled.signal.aborted ? "the download stalled" : "the download broke off",
      );
    } finally {
      timer.cancel();
    }
  };
  const response = await unlessStalled(
    // Following a redirection would carry the token in the path to wherever it points.
    fetch(`${apiRoot.replace(/\/+$/, "")}/file/bot${token}/${place}`, { signal: either, redirect: "manual" }),
  );
  const { status, body } = response;
  if (status !== 200 || body === null) {
    stalled.abort();
    throw new FileFetchError(status === 404 || status === 400 ? "gone" : "broken", `HTTP ${status}`);
  }
  const reader = body.getReader();
  return (async function* () {
    try {
      for (;;) {
        const { done, value } = await unlessStalled(reader.read());
        if (done) return;
        yield value;
      }
    } finally {
      // Not read to its end: the rest must not come.
      stalled.abort();
    }
  })();
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(new Error("aborted"));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
