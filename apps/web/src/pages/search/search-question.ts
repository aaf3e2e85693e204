import type { SearchQuestion } from "../../api/search.ts";
import type { SearchParams } from "../../app/router.tsx";
import { startOfDay } from "./days.ts";

/** As the contract has it. */
export const LONGEST_QUESTION = 4_000;

/** What the address asks for: a question that can be sent, nothing yet, or why it cannot be sent. */
export type Asked =
  | { is: "question"; question: SearchQuestion; leavesMemoriesOut: boolean }
  | { is: "nothing" }
  | { is: "problem"; problem: "too_long" | "days_reversed" };

/** Memories have no sender, no door and no day: whoever asks for one of these asks for messages. */
export const asksForMessages = ({ role, source, from, to }: SearchParams): boolean =>
  [role, source, from, to].some((filter) => filter !== undefined);

export const readQuestion = (params: SearchParams, limit: number): Asked => {
  const q = params.q?.trim() ?? "";
  if (q === "") return { is: "nothing" };
  if (q.length > LONGEST_QUESTION) return { is: "problem", problem: "too_long" };
  const from = startOfDay(params.from);
  const to = startOfDay(params.to, 1);
  if (from !== null && to !== null && from >= to) return { is: "problem", problem: "days_reversed" };
  const leavesMemoriesOut = params.in === undefined && asksForMessages(params);
  const isOfMessages = leavesMemoriesOut || params.in === "messages";
  const question: SearchQuestion = {
    q,
    in: isOfMessages ? "messages" : (params.in ?? "all"),
    limit,
    ...(params.bot !== undefined && { botId: params.bot }),
    ...(params.bot !== undefined && params.chat !== undefined && { chatId: params.chat }),
    ...(isOfMessages && {
      ...(params.role && { role: params.role }),
      ...(params.source !== undefined && { source: params.source }),
      ...(from !== null && { from }),
      ...(to !== null && { to }),
    }),
  };
  return { is: "question", question, leavesMemoriesOut };
};
