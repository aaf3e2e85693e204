import { ApiError } from "@steward/client/api-error";
import type { Client, ConnectionState } from "@steward/client/client";
import type { AccessEntry } from "@steward/contract/access";
import type { AccessChat, ChatMove } from "@steward/contract/access-chats";
import type { WantedAttachment } from "@steward/contract/attachments";
import type { OwnCommand } from "@steward/contract/commands";
import {
  type Delivery,
  deliveriesStream,
  type FrontEndEvent,
  type TurnSnapshot,
} from "@steward/contract/deliveries";
import type { InboxUpdate } from "@steward/contract/inbox";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";

/** Everything there is, as of the moment the stream said `live`. */
export interface Present {
  access: AccessEntry[];
  commands: OwnCommand[];
  groups: { chats: AccessChat[]; moves: ChatMove[] };
  turns: TurnSnapshot[];
  deliveries: Delivery[];
  updates: { inboxId: number; update: InboxUpdate }[];
  attachments: WantedAttachment[];
}

export interface FrontEndListener {
  /** After each connecting: what is not in it is over. */
  present(present: Present): void;
  /** A change after that. */
  event(event: Exclude<FrontEndEvent, { type: "live" }>): void;
}

export interface FrontEndLinkDeps {
  client: Client;
  botId: string;
  /** Of the bot's lease. */
  holder: string;
  listener: FrontEndListener;
  clock: Pick<Clock, "sleep">;
  log: Logger;
}

/** After a refusal that asking again does not change by itself (a token replaced, an API older than the bot). */
const RETRY_MS = 5_000;

/**
 * Follows the front end's stream across API restarts. Between connecting and `live` the present is gathered and handed
 * over whole, so a listener never sees half of it.
 */
export class FrontEndLink {
  readonly #deps: FrontEndLinkDeps;
  #isConnected = false;
  /** One run of attempts; aborted to begin a new one without its waiting times. */
  #attempts = new AbortController();

  constructor(deps: FrontEndLinkDeps) {
    this.#deps = deps;
  }

  /** The API is known to be back: connects now instead of after the wait that a long outage has made long. */
  reconnect(): void {
    if (!this.#isConnected) this.#attempts.abort();
  }

  /** Resolves when `signal` aborts. Never rejects: a bot without its stream is deaf. */
  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#attempts = new AbortController();
      const either = AbortSignal.any([signal, this.#attempts.signal]);
      try {
        await this.#listen(either);
      } catch (error) {
        const { log, clock } = this.#deps;
        const why =
          error instanceof ApiError ? "the API refuses its stream" : "following the API's stream failed";
        log.error({ err: error }, why);
        await clock.sleep(RETRY_MS, either).catch(() => {
          // Aborted: the loop's condition says whether to end or to begin anew.
        });
      }
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const { client, botId, holder } = this.#deps;
    let gathering: FrontEndEvent[] | null = [];
    const events = client.streamEvents(deliveriesStream, {
      query: { botId, holder },
      signal,
      onConnection: (state) => {
        gathering = [];
        this.#note(state);
      },
    });
    for await (const { event } of events) {
      if (event.type === "live") {
        const gathered = gathering ?? [];
        gathering = null;
        this.#tell((listener) => listener.present(gatherPresent(gathered)));
        // What happened to a turn while the present was being told.
        for (const late of gathered) {
          if (late.type === "turn_event") this.#tell((listener) => listener.event(late));
        }
      } else if (gathering === null) this.#tell((listener) => listener.event(event));
      else gathering.push(event);
    }
  }

  /** One event that cannot be dealt with must not end the stream for all that come after it. */
  #tell(what: (listener: FrontEndListener) => void): void {
    try {
      what(this.#deps.listener);
    } catch (error) {
      this.#deps.log.error({ err: error }, "an event of the API's stream could not be dealt with");
    }
  }

  #note(state: ConnectionState): void {
    const { log } = this.#deps;
    if (state.connected) log.info("connected to the API's stream");
    else {
      const fields = { reason: state.error?.message ?? "ended", retryInMs: state.retryInMs };
      if (this.#isConnected) log.warn(fields, "lost the API's stream");
      else log.debug(fields, "the API's stream cannot be reached");
    }
    this.#isConnected = state.connected;
  }
}

function gatherPresent(events: readonly FrontEndEvent[]): Present {
  const present: Present = {
    access: [],
    groups: { chats: [], moves: [] },
    commands: [],
    turns: [],
    deliveries: [],
    updates: [],
    attachments: [],
  };
  for (const event of events) {
    if (event.type === "access") {
      present.access = event.entries;
      present.groups = { chats: event.chats, moves: event.moves };
    } else if (event.type === "commands") present.commands = event.own;
    else if (event.type === "turn_opened") present.turns.push(event.turn);
    else if (event.type === "delivery") present.deliveries.push(event.delivery);
    else if (event.type === "attachment_wanted") present.attachments.push(event.attachment);
    else if (event.type === "update") present.updates.push({ inboxId: event.inboxId, update: event.update });
  }
  return present;
}
