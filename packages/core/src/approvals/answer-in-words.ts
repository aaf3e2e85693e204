import type { Approval, ApprovalDecision } from "@steward/contract/approvals";
import type { AnswerChoice } from "./answer-draft.ts";

/** Words that let it happen; the ones for plans are those that the wire contract's clients take. */
const YES = new Set(
  `yes y ok okay sure allow approve approved confirm confirmed go start continue 👍 ✅
   是 好 好的 可以 行 允许 同意 确认 开始 执行 没问题`.split(/\s+/),
);
const YES_PHRASES = new Set(["go ahead", "do it"]);
const NO = new Set("no n nope deny stop cancel 👎 🚫 不 不行 不要 不可以 否 拒绝 取消".split(/\s+/));
const SESSION = new Set("session always 本会话 会话 总是".split(/\s+/));

/** What a reply to a question of the agent's means. */
export type WordsMean =
  | { kind: "decide"; answer: { decision: ApprovalDecision; message?: string } }
  | { kind: "choose"; choice: AnswerChoice["choice"] };

/**
 * A yes lets it happen once, "session" for the session where there is a rule for that, a no denies it; any other words deny it
 * and are told to the agent: they say what to do instead. To a question with options the words are the answer; a number is
 * the option of that number.
 */
export const readAnswer = (
  { kind, rule, questions, draft }: Pick<Approval, "kind" | "rule" | "questions" | "draft">,
  words: string,
): WordsMean => {
  const said = words.trim();
  if (kind === "question") {
    const asked = questions?.[draft?.question ?? 0];
    const option = /^\d{1,2}$/.test(said) ? Number(said) - 1 : -1;
    return asked?.options[option] === undefined
      ? { kind: "choose", choice: { kind: "words", words: said } }
      : { kind: "choose", choice: { kind: "option", option, chosen: true } };
  }
  const folded = said
    .toLowerCase()
    .replace(/[.!。！\s]+$/u, "")
    .trim();
  const decide = (decision: ApprovalDecision, message?: string): WordsMean => ({
    kind: "decide",
    answer: { decision, ...(message !== undefined && { message }) },
  });
  if (YES.has(folded) || YES_PHRASES.has(folded)) return decide("once");
  if (SESSION.has(folded) && rule !== null) return decide("session");
  return NO.has(folded) ? decide("deny") : decide("deny", said);
};
