import { ApiError } from "@steward/client/api-error";
import type { InboxUpdate } from "@steward/contract/inbox";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { backoff } from "@steward/platform/retry";
import { type AccessDecision, decideAccess } from "@steward/telegram/access";
import { type ClassifiedUpdate, classifyUpdate } from "@steward/telegram/update";
import type { AccessBook } from "../access/access-book.ts";
import { type InboxAnswer, isPassing, type Steward } from "../steward/steward.ts";
import { AddressedAlbums } from "./addressed-albums.ts";
import type { OutageNotices } from "./outage-notices.ts";
import { toInboxUpdate } from "./to-inbox-update.ts";

export interface PendingUpdate {
  inboxId: number;
  update: InboxUpdate;
}

export interface IntakeDeps {
  steward: Pick<Steward, "postInbox">;
  access: Pick<AccessBook, "list" | "presentId">;
  botUsername: string;
  /** Something runs or waits in this chat. */
  isBusy(chat: { chatId: string; threadId: string }): boolean;
  /** A row that is the bot's to handle; comes again until it is settled. */
  onPending(row: PendingUpdate): void;
  /** A prompt is stored durably and will be answered. */
  onTurn(chat: { chatId: string; threadId: string }, messageId: number): void;
  /** A message whose turn still waits was edited, and the edit counts. */
  onEdited(chat: { chatId: string; threadId: string }, messageId: number): void;
  /** A stranger wrote /start, with the invitation that stood behind it (or nothing), and that is durable. */
  onKnock(sender: NonNullable<InboxUpdate["sender"]>, invitation: string): void;
  /** The API does not know this bot (any more). */
  register(): Promise<void>;
  outage: OutageNotices;
  /** The API has taken a batch after it had not. */
  onBack(): void;
  clock: Clock;
  log: Logger;
}

/** One attempt may take this long; the API commits in milliseconds. */
const POST_TIMEOUT_MS = 10_000;
/** How long one batch is insisted on. After that the poller asks Telegram again, and may see more chats waiting. */
const INSIST_MS = 30_000;
const BACKOFF = backoff({ baseMs: 250, maxMs: 2_000 });

interface Item {
  update: InboxUpdate;
  /** What stood behind a stranger's /start. */
  knock: string | null;
}

/**
 * From raw updates to the API's inbox: classify, gate, hand in. Answers only when the API has committed, so the
 * poller's offset never runs ahead of what is safe.
 */
export class Intake {
  readonly #deps: IntakeDeps;
  readonly #albums = new AddressedAlbums();
  #isAway = false;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  /**
   * Hands a batch in and answers the next update id wanted. That a prompt does not overtake a command before it is the
   * API's care, so that nothing here waits for anything but the commit.
   *
   * @throws what the API's failure was: nothing of the rest is confirmed, the same updates come again
   */
  async accept(raws: readonly unknown[], signal: AbortSignal): Promise<number> {
    const judged = raws.flatMap((raw) => this.#judge(raw));
    for (const { update, decision } of judged) if (decision.decision === "allow") this.#albums.note(update);
    const items = judged.map(({ update, decision }) =>
      this.#read(update, this.#albums.judge(update, decision)),
    );
    return items.length === 0 ? 0 : await this.#insist(items, signal);
  }

  #judge(raw: unknown): { update: ClassifiedUpdate & { updateId: number }; decision: AccessDecision }[] {
    const { access, botUsername, log } = this.#deps;
    const classified = classifyUpdate(raw);
    const update = atPresentId(classified, access);
    if (!hasId(update)) {
      log.error("an update without an id cannot be confirmed; left out");
      return [];
    }
    return [{ update, decision: decideAccess({ update, accessList: access.list, botUsername }) }];
  }

  #read(update: ClassifiedUpdate & { updateId: number }, decision: AccessDecision): Item {
    const { botUsername, isBusy } = this.#deps;
    const { chat } = update;
    const chatIsBusy = chat !== null && isBusy({ chatId: chat.id, threadId: chat.threadId });
    return {
      update: toInboxUpdate(update, decision, { isBusy: chatIsBusy, botUsername }),
      knock: decision.decision === "pairing" ? decision.payload : null,
    };
  }

  async #insist(group: readonly Item[], signal: AbortSignal): Promise<number> {
    const { clock, outage, log } = this.#deps;
    const startedMs = clock.monotonicMs();
    outage.waiting(group.map(({ update }) => update));
    for (let attempt = 1; ; attempt++) {
      try {
        const next = await this.#handIn(group, signal);
        outage.over();
        if (this.#isAway) this.#deps.onBack();
        this.#isAway = false;
        return next;
      } catch (error) {
        signal.throwIfAborted();
        this.#isAway = true;
        if (!isPassing(error) || clock.monotonicMs() - startedMs > INSIST_MS) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        log.debug({ reason, attempt }, "the API did not take a batch; trying again");
        await clock.sleep(BACKOFF(attempt), signal);
      }
    }
  }

  async #handIn(group: readonly Item[], signal: AbortSignal): Promise<number> {
    try {
      return await this.#post(group, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || isPassing(error)) throw error;
      if (error.code === "not_found") {
        await this.#deps.register();
        return await this.#post(group, signal);
      }
      this.#deps.log.error({ err: error, updates: group.length }, "the API refuses a batch");
      return await this.#postEach(group, signal);
    }
  }

  /** One refused update must not hold up the others: alone, then without its content, and then it is given up. */
  async #postEach(group: readonly Item[], signal: AbortSignal): Promise<number> {
    let next = 0;
    for (const item of group) {
      const { update } = item;
      const bare: InboxUpdate = {
        ...update,
        kind: "malformed",
        chat: null,
        sender: null,
        text: "",
        command: null,
        replyTo: null,
        reason: "refused by the API",
        raw: null,
      };
      for (const attempt of [item, { update: bare, knock: null }]) {
        try {
          await this.#post([attempt], signal);
          break;
        } catch (error) {
          if (!(error instanceof ApiError) || isPassing(error)) throw error;
          this.#deps.log.error({ err: error, updateId: update.updateId }, "the API refuses an update");
        }
      }
      next = Math.max(next, update.updateId + 1);
    }
    return next;
  }

  async #post(group: readonly Item[], signal: AbortSignal): Promise<number> {
    const { steward, onPending, onTurn, onEdited, onKnock } = this.#deps;
    const updates = group.map(({ update }) => update);
    const answer: InboxAnswer = await steward.postInbox(updates, { signal, timeoutMs: POST_TIMEOUT_MS });
    const byId = new Map(answer.results.map((result) => [result.updateId, result]));
    for (const { update, knock } of group) {
      const result = byId.get(update.updateId);
      if (result?.state === "pending") onPending({ inboxId: result.inboxId, update });
      const { chat, messageId } = update;
      if (result?.state === "turn" && chat !== null && messageId !== null)
        onTurn({ chatId: chat.id, threadId: chat.threadId }, messageId);
      if (result?.edited === true && chat !== null && messageId !== null)
        onEdited({ chatId: chat.id, threadId: chat.threadId }, messageId);
      if (knock !== null && update.sender !== null) onKnock(update.sender, knock);
    }
    return Math.max(...updates.map(({ updateId }) => updateId)) + 1;
  }
}

/** What still names a group by the id that it had is about the one that it has. */
const atPresentId = (update: ClassifiedUpdate, access: Pick<AccessBook, "presentId">): ClassifiedUpdate => {
  const { chat, migration } = update;
  if (chat === null || migration !== undefined) return update;
  return { ...update, chat: { ...chat, id: access.presentId(chat.id) } };
};

const hasId = (update: ClassifiedUpdate): update is ClassifiedUpdate & { updateId: number } =>
  update.updateId !== null;
