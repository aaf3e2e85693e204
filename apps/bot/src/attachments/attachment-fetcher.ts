import type { WantedAttachment } from "@steward/contract/attachments";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { backoff } from "@steward/platform/retry";
import type { FileSource } from "@steward/telegram/files";
import { createPlaces } from "../deliveries/places.ts";
import type { Steward } from "../steward/steward.ts";
import { type FetchOutcome, fetchAttachment } from "./fetch-attachment.ts";

export interface AttachmentFetcherDeps {
  source: FileSource;
  steward: Pick<Steward, "uploadAttachment" | "failAttachment">;
  clock: Pick<Clock, "sleep" | "monotonicMs">;
  log: Logger;
  /** Cuts everything off. What is still wanted comes again with the next start. */
  signal: AbortSignal;
}

/** Downloads at the same time. */
const MOST_AT_ONCE = 3;
const BACKOFF = backoff({ baseMs: 1_000, maxMs: 30_000 });
/** Addresses of files expire; one that is gone under a new one, too, so often, is gone. */
const MOST_ATTEMPTS_FOR_GONE = 4;
/** A way that is broken for longer is told; the API would not wait for much longer either. */
const INSIST_MS = 10 * 60_000;

/**
 * Fetches what the API wants of Telegram's files. The API's list is the truth: a reconnection brings what is still wanted
 * again, and what is not in it is given up.
 */
export class AttachmentFetcher {
  readonly #deps: AttachmentFetcherDeps;
  readonly #places = createPlaces(MOST_AT_ONCE);
  readonly #underway = new Map<string, AbortController>();
  readonly #work = new Set<Promise<void>>();

  constructor(deps: AttachmentFetcherDeps) {
    this.#deps = deps;
  }

  /** All that is wanted now. */
  reset(wanted: readonly WantedAttachment[]): void {
    const ids = new Set(wanted.map(({ attachmentId }) => attachmentId));
    for (const [id, given] of this.#underway) if (!ids.has(id)) given.abort();
    for (const each of wanted) this.add(each);
  }

  add(wanted: WantedAttachment): void {
    const { attachmentId } = wanted;
    if (this.#underway.has(attachmentId)) return;
    const given = new AbortController();
    this.#underway.set(attachmentId, given);
    const signal = AbortSignal.any([this.#deps.signal, given.signal]);
    const work = this.#insist(wanted, signal)
      .catch((error: unknown) => {
        if (signal.aborted) return;
        this.#deps.log.error(
          { err: error, attachmentId },
          "a file could not be fetched in an unforeseen way",
        );
      })
      .finally(() => {
        this.#work.delete(work);
        if (this.#underway.get(attachmentId) === given) this.#underway.delete(attachmentId);
      });
    this.#work.add(work);
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    await Promise.all(this.#work);
  }

  async #insist(wanted: WantedAttachment, signal: AbortSignal): Promise<void> {
    const { clock, log, steward } = this.#deps;
    const { attachmentId, kind } = wanted;
    const startedMs = clock.monotonicMs();
    let gone = 0;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(wanted, signal);
      if (outcome.is === "here") return;
      if (outcome.is === "given_up") {
        log.warn({ attachmentId, kind, code: outcome.code }, "a file is given up");
        return await steward.failAttachment(attachmentId, outcome.code, outcome.params);
      }
      if (outcome.isAbout === "file") gone += 1;
      if (gone >= MOST_ATTEMPTS_FOR_GONE) {
        return await steward.failAttachment(attachmentId, "attachment_unavailable", {});
      }
      if (clock.monotonicMs() - startedMs > INSIST_MS) {
        return await steward.failAttachment(attachmentId, "attachment_unreachable", {});
      }
      const waitMs = outcome.afterMs ?? BACKOFF(attempt);
      log.info({ attachmentId, kind, attempt, reason: outcome.reason, waitMs }, "a file did not come; again");
      await clock.sleep(waitMs, signal);
    }
  }

  async #attempt(wanted: WantedAttachment, signal: AbortSignal): Promise<FetchOutcome> {
    const giveBack = await this.#places.take(signal);
    try {
      return await fetchAttachment(wanted, this.#deps, signal);
    } finally {
      giveBack();
    }
  }
}
