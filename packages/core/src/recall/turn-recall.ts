import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { ChatRecord, ConversationRecord } from "../chats/chat-repository.ts";
import type { Memory, MemoryService } from "../memory/memory-service.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { SearchService } from "../search/search-service.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import { matchWords } from "./match-words.ts";
import { estimateTokens, quoteNote, quoteRecall } from "./quote-recall.ts";
import type { RecallRepository, RecallRow } from "./recall-repository.ts";

/** What was looked up for a turn before it goes out. */
export interface RecallFindings {
  hits: readonly { id: number; score: number; mode: "lexical" | "semantic" }[];
  sharedContext: string | null;
}

/** What goes out with a turn: the block before the person's words, and the receipt for it. */
export interface Recalled {
  text: string;
  rows: RecallRow[];
}

export interface TurnRecall {
  /**
   * Looks up what a turn is to be reminded of. Null, at once, when there is nothing to look for; the promise never rejects
   * and settles within the budget, with nothing when that was too short.
   */
  lookUp(turn: TurnRecord, chat: ChatRecord, budgetMs: number): Promise<RecallFindings> | null;
  /** What of it goes out now: as it is at this moment, and not what this CLI session has been told before. Never throws. */
  compose(
    findings: RecallFindings,
    turn: TurnRecord,
    chat: ChatRecord,
    conversation: ConversationRecord,
  ): Recalled | null;
}

export interface TurnRecallDeps {
  memories: Pick<MemoryService, "list" | "page" | "find" | "isFor">;
  search: Pick<SearchService, "memories">;
  recalls: Pick<RecallRepository, "someFor" | "toldTo">;
  policies: Pick<PolicyService, "get">;
  /** The owner's file for all chats; null = there is none. */
  sharedContext: (() => Promise<string | null>) | null;
  clock: Pick<Clock, "now" | "setTimer">;
  log: Logger;
}

export const NO_FINDINGS: RecallFindings = { hits: [], sharedContext: null };

/** As much of a prompt as says what it is about. */
const ASKED_CHARACTERS = 1_000;
/** Matched in less than two milliseconds. */
const MOST_MATCHED = 300;
/** More would be what barely fits. */
const MOST_HITS = 8;

export const createTurnRecall = (deps: TurnRecallDeps): TurnRecall => {
  const { memories, policies, log } = deps;

  /** What is run in it rejects when the time is over, whether it heeds the signal or not. */
  const within = (budgetMs: number) => {
    const late = new AbortController();
    let running = 0;
    const timer = deps.clock.setTimer(budgetMs, () => late.abort());
    const run = <Value>(work: Promise<Value>): Promise<Value> => {
      running += 1;
      const over = new Promise<never>((_, reject) => {
        late.signal.addEventListener("abort", () => reject(new Error("not in time")), { once: true });
      });
      return Promise.race([work, over]).finally(() => {
        running -= 1;
        if (running === 0) timer.cancel();
      });
    };
    return { signal: late.signal, run };
  };

  const find = async (
    turn: TurnRecord,
    budgetMs: number,
    signal: AbortSignal,
  ): Promise<RecallFindings["hits"]> => {
    const { botId, chatId } = turn;
    const text = turn.prompt.slice(0, ASKED_CHARACTERS);
    const scope = { for: { botId, chatId } };
    const answer = await deps.search.memories({ scope, text, limit: MOST_HITS }, budgetMs, signal);
    return answer.hits.map(({ id, score, mode }) => ({ id, score, mode }));
  };

  /** By the words alone, of the latest: a search that has to be woken up first takes longer than a turn may wait. */
  const matchPlainly = ({ id, botId, chatId, prompt }: TurnRecord): RecallFindings["hits"] => {
    try {
      const latest = memories.page({ for: { botId, chatId }, state: "accepted" }, { limit: MOST_MATCHED });
      const hits = matchWords(prompt.slice(0, ASKED_CHARACTERS), latest.memories, MOST_HITS);
      return hits.map((hit) => ({ ...hit, mode: "lexical" }));
    } catch (error) {
      log.warn({ err: error, turnId: id }, "memories could not be matched");
      return [];
    }
  };

  const choose = (
    findings: RecallFindings,
    chat: ChatRecord,
    conversation: ConversationRecord,
  ): { memory: Memory | null; row: RecallRow }[] => {
    const own = { botId: chat.botId, chatId: chat.chatId };
    const budget = policies.get("recallTokens", chat);
    const { sharedContext } = findings;
    const isWanted = budget > 0 && deps.recalls.someFor(own);
    const pinned = isWanted ? memories.list({ for: own, state: "accepted", pinned: true }) : [];
    const found = (isWanted ? findings.hits : []).flatMap(({ id, score, mode }) => {
      const memory = memories.find(id);
      return memory === null ? [] : [{ memory, score, mode }];
    });
    const wanted = [
      ...pinned.map((memory) => ({ memory, score: null, mode: "pinned" as const })),
      ...found.filter(({ memory }) => !pinned.some(({ id }) => id === memory.id)),
    ].filter(({ memory }) => isRecallable(memory, deps.clock.now()) && memories.isFor(memory, own));
    if (wanted.length === 0 && sharedContext === null) return [];

    const told = deps.recalls.toldTo({
      conversationId: conversation.id,
      since: conversation.cliSessionSince,
    });
    const isTold = (row: RecallRow): boolean =>
      told.some(
        ({ memoryId, key, content }) =>
          memoryId === row.memoryId && key === row.key && content === row.content,
      );
    const chosen: { memory: Memory | null; row: RecallRow }[] = [];
    if (sharedContext !== null) {
      const key = "shared context";
      const row: RecallRow = { memoryId: null, key, content: sharedContext, score: null, mode: "context" };
      if (!isTold(row)) chosen.push({ memory: null, row });
    }
    let left = budget;
    for (const { memory, score, mode } of wanted) {
      const { id, key, content } = memory;
      const row: RecallRow = { memoryId: id, key, content, score, mode };
      const tokens = estimateTokens(quoteNote({ memory, content }));
      // What does not fit makes room for what is shorter.
      if (isTold(row) || tokens > left) continue;
      left -= tokens;
      chosen.push({ memory, row });
    }
    return chosen;
  };

  const isCommand = ({ prompt }: TurnRecord, chat: ChatRecord): boolean => {
    const name = /^\/(\S*)/.exec(prompt)?.[1];
    return name !== undefined && policies.get("cliCommands", chat).includes(name);
  };

  return {
    lookUp: (turn, chat, budgetMs) => {
      if (isCommand(turn, chat)) return null;
      const { botId, chatId } = turn;
      const isWanted = policies.get("recallTokens", chat) > 0 && deps.recalls.someFor({ botId, chatId });
      if (!isWanted && deps.sharedContext === null) return null;
      const { signal, run } = within(budgetMs);
      const orElse = <Value>(what: string, looking: Promise<Value>, otherwise: () => Value): Promise<Value> =>
        looking.catch((error: unknown) => {
          const isLate = signal.aborted;
          log.warn(
            { turnId: turn.id, budgetMs, isLate, ...(isLate ? {} : { err: error }) },
            `${what} was not found`,
          );
          return otherwise();
        });
      const hits = isWanted ? run(find(turn, budgetMs, signal)) : Promise.resolve([]);
      const sharedContext = run(deps.sharedContext?.() ?? Promise.resolve(null));
      return Promise.all([
        orElse("what is remembered", hits, () => matchPlainly(turn)),
        orElse("the shared context", sharedContext, () => null),
      ]).then(([found, text]) => ({ hits: found, sharedContext: text }));
    },
    compose: (findings, turn, chat, conversation) => {
      try {
        if (isCommand(turn, chat)) return null;
        const chosen = choose(findings, chat, conversation);
        if (chosen.length === 0) return null;
        const notes = chosen.map(({ memory, row }) => ({ memory, content: row.content }));
        return { text: quoteRecall(notes), rows: chosen.map(({ row }) => row) };
      } catch (error) {
        log.warn({ err: error, turnId: turn.id }, "what is remembered could not be put into a turn");
        return null;
      }
    },
  };
};

/** Proposals wait for a person, and what has expired is not true any more. */
const isRecallable = ({ state, expiresAt }: Memory, now: number): boolean =>
  state === "accepted" && (expiresAt === null || expiresAt > now);
