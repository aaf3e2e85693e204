/**
 * Why a file of Telegram's cannot be had. `gone`: it is not handed out (any more), or not under this address: asking for
 * it anew may help. `broken`: the connection or the server broke off; it passes by itself.
 */
export type FileFetchFailure = "too_large" | "gone" | "unsafe_place" | "broken";

/** Nothing in here holds the token, which stands in every address of a file. */
export class FileFetchError extends Error {
  override readonly name = "FileFetchError";
  readonly reason: FileFetchFailure;

  constructor(reason: FileFetchFailure, message: string, cause?: Error) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
