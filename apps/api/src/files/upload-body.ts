import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";

/** The body of a request, read as it comes. */
export interface UploadBody {
  /** What the sender says it will be; Node's parser holds it to that. Null when it comes in chunks. */
  readonly announcedBytes: number | null;
  readonly chunks: AsyncIterable<Uint8Array>;
  /**
   * Reads on and forgets, for as long as the connection is left open: a sender who is refused in the middle must be able
   * to finish, or it never sees why, and its next request would run into a connection that is being closed.
   */
  discard(): void;
}

export function uploadBody(c: Context<ApiEnv>): UploadBody {
  const length = c.req.header("content-length");
  const { body } = c.req.raw;
  const reader = body?.getReader();

  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    if (reader === undefined) return;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  }
  const readOn = async (): Promise<void> => {
    for (let ended = reader === undefined; !ended; ) ended = (await reader?.read())?.done ?? true;
  };
  return {
    announcedBytes: length !== undefined ? Number(length) : body === null ? 0 : null,
    chunks: chunks(),
    // The sender has gone, or was cut off: then nothing is left to discard.
    discard: () => void readOn().catch(() => undefined),
  };
}
