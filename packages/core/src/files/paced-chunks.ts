import { DomainError } from "@steward/contract/errors";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";

/** In each window so many bytes must arrive: 1 KB a second. Whoever drips holds a place and a file open for nothing. */
export interface Pace {
  windowMs: number;
  minBytes: number;
}

export const UPLOAD_PACE: Pace = { windowMs: 15_000, minBytes: 15_360 };

/**
 * The chunks as they come, while they come fast enough. Only the time spent waiting for the sender counts.
 *
 * @throws DomainError upload_too_slow · upload_incomplete when the sender goes away
 */
export async function* pacedChunks(
  content: AsyncIterable<Uint8Array>,
  options: { clock: Pick<Clock, "setTimer" | "monotonicMs">; pace: Pace },
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = content[Symbol.asyncIterator]();
  const watch = new PaceWatch(options);
  try {
    for (;;) {
      const next = await watch.await(source.next()).catch((error: unknown) => {
        if (error instanceof DomainError) throw error;
        const detail = translate("en", "error.upload_incomplete");
        throw new DomainError("upload_incomplete", detail, { cause: error });
      });
      if (next.done === true) return;
      watch.arrived(next.value.byteLength);
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs would hold us as well.
    void source.return?.()?.catch(() => undefined);
  }
}

/** Rejects a wait when too little has come in the window that ends during it. */
class PaceWatch {
  readonly #clock: Pick<Clock, "setTimer" | "monotonicMs">;
  readonly #pace: Pace;
  #waitedMs = 0;
  #bytes = 0;

  constructor({ clock, pace }: { clock: Pick<Clock, "setTimer" | "monotonicMs">; pace: Pace }) {
    this.#clock = clock;
    this.#pace = pace;
  }

  arrived(bytes: number): void {
    this.#bytes += bytes;
  }

  async await<Value>(arrival: Promise<Value>): Promise<Value> {
    const { windowMs, minBytes } = this.#pace;
    const beganAtMs = this.#clock.monotonicMs();
    let giveUp: (error: DomainError) => void = () => undefined;
    const slow = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    const timer = this.#clock.setTimer(windowMs - this.#waitedMs, () => {
      giveUp(new DomainError("upload_too_slow", translate("en", "error.upload_too_slow")));
    });
    try {
      return await Promise.race([arrival, slow]);
    } finally {
      timer.cancel();
      this.#waitedMs += this.#clock.monotonicMs() - beganAtMs;
      // Enough for this window: the next one begins.
      if (this.#bytes >= minBytes) {
        this.#waitedMs = 0;
        this.#bytes = 0;
      }
    }
  }
}
