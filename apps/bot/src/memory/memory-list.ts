import type { Delivery } from "@steward/contract/deliveries";
import type { EndpointResult } from "@steward/contract/endpoint";
import type { listMemories } from "@steward/contract/memories";
import type { MemoryRecord } from "@steward/contract/memory-records";
import { translate } from "@steward/contract/messages";
import type { FormattedText } from "@steward/telegram/render";
import { shorten } from "../commands/shorten.ts";
import type { Keyboard } from "../outbound/keyboard.ts";
import { plainText } from "../outbound/messenger.ts";
import { memoryKey } from "./memory-keyboard.ts";

type Language = Delivery["language"];

/** As many as fit a screen of a phone with their buttons. */
export const PER_PAGE = 5;
const SHOWN = 160;

/** A page of what is remembered, each with where it comes from, and buttons for each. */
export const showMemories = (
  { memories, total }: EndpointResult<typeof listMemories>,
  page: number,
  language: Language,
): { text: FormattedText; keyboard: Keyboard | undefined } => {
  if (total === 0) return { text: plainText(translate(language, "memory.list.none")), keyboard: undefined };
  const pages = Math.ceil(total / PER_PAGE);
  const lines = memories.map(
    (memory) => `${describeMemory(memory, language)}\n${sourceOf(memory, language)}`,
  );
  const title = translate(language, "memory.list.title", { count: total });
  const turn = [
    ...(page > 0 ? [{ ...memoryKey(language, "memory.button.back", { kind: "list", page: page - 1 }) }] : []),
    ...(page + 1 < pages
      ? [memoryKey(language, "memory.button.more", { kind: "list", page: page + 1 })]
      : []),
  ];
  const rows = memories.map((memory) => buttonsOf(memory, page, language));
  return {
    text: plainText([title, ...lines].join("\n\n")),
    keyboard: { inline_keyboard: turn.length > 0 ? [...rows, turn] : rows },
  };
};

/** One memory on one line: `#12 📌 key: content`. What it is called is left out where its text begins like that. */
export const describeMemory = (memory: MemoryRecord, language: Language): string => {
  const { id, key, content, pinned, state } = memory;
  const name = content.startsWith(key) || key.startsWith(content.slice(0, 30)) ? "" : `${shorten(key)}: `;
  const marks = [
    pinned ? "📌 " : "",
    state === "proposed" ? `${translate(language, "memory.proposed")} ` : "",
  ];
  return `#${id} ${marks.join("")}${name}${shorten(content, SHOWN)}`;
};

const sourceOf = (memory: MemoryRecord, language: Language): string => {
  const { origin, category, sourceUserName, botId, chatId, createdAt, expiresAt } = memory;
  const who =
    sourceUserName !== null && origin === "person"
      ? shorten(sourceUserName, 40)
      : translate(language, `memory.origin.${origin}`);
  const scope =
    chatId === "" ? [translate(language, botId === "" ? "memory.for.all" : "memory.for.bot")] : [];
  const kind = category === "general" ? [] : [shorten(category, 40)];
  const until = expiresAt === null ? [] : [translate(language, "memory.until", { date: dateOf(expiresAt) })];
  return `   ${[who, dateOf(createdAt), ...kind, ...scope, ...until].join(" · ")}`;
};

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const buttonsOf = ({ id, state, pinned }: MemoryRecord, page: number, language: Language) =>
  state === "proposed"
    ? [
        memoryKey(language, "memory.button.accept", { kind: "accept", memoryId: id, page }, id),
        memoryKey(language, "memory.button.reject", { kind: "reject", memoryId: id, page }, id),
      ]
    : [
        memoryKey(
          language,
          pinned ? "memory.button.unpin" : "memory.button.pin",
          { kind: pinned ? "unpin" : "pin", memoryId: id, page },
          id,
        ),
        memoryKey(language, "memory.button.forget", { kind: "forget", memoryId: id, page }, id),
      ];
