import type { ApprovalDecision } from "@steward/contract/approvals";

/** What a button under one of the agent's questions carries. */
export type QuestionAction =
  | { kind: "decide"; approvalId: string; decision: ApprovalDecision; shownHash: string }
  /** Only says how: the words come as a reply. */
  | { kind: "revise"; approvalId: string }
  | { kind: "choose"; approvalId: string; question: number; option: number; chosen: boolean }
  | { kind: "chosen"; approvalId: string; question: number };

/** As much of the hash as fits: enough that what was shown and what is answered are the same. */
const HASH_CHARACTERS = 12;
const DECISIONS = { once: "o", session: "s", deny: "d" } as const satisfies Record<ApprovalDecision, string>;

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const DECIDE = new RegExp(`^a:(${UUID}):([osd]):([0-9a-f]{${HASH_CHARACTERS}})$`);
const REVISE = new RegExp(`^a:(${UUID}):r$`);
const CHOOSE = new RegExp(`^e:(${UUID}):(\\d{1,2})\\.(\\d{1,2})([+-])$`);
const CHOSEN = new RegExp(`^e:(${UUID}):(\\d{1,2})!$`);

export const shownHashOf = (inputHash: string): string => inputHash.slice(0, HASH_CHARACTERS);

/** At most 53 bytes of ASCII. */
export const formatQuestionData = (action: QuestionAction): string => {
  switch (action.kind) {
    case "decide":
      return `a:${action.approvalId}:${DECISIONS[action.decision]}:${action.shownHash}`;
    case "revise":
      return `a:${action.approvalId}:r`;
    case "choose":
      return `e:${action.approvalId}:${action.question}.${action.option}${action.chosen ? "+" : "-"}`;
    case "chosen":
      return `e:${action.approvalId}:${action.question}!`;
  }
};

/** Null for anything that is not of these. */
export const parseQuestionData = (data: string): QuestionAction | null => {
  const [, decided = "", letter, shownHash = ""] = DECIDE.exec(data) ?? [];
  if (letter !== undefined) {
    const decision = letter === "o" ? "once" : letter === "s" ? "session" : "deny";
    return { kind: "decide", approvalId: decided, decision, shownHash };
  }
  const revised = REVISE.exec(data)?.[1];
  if (revised !== undefined) return { kind: "revise", approvalId: revised };
  const [, approvalId, question, option, sign] = CHOOSE.exec(data) ?? [];
  if (approvalId !== undefined) {
    const chosen = sign === "+";
    return { kind: "choose", approvalId, question: Number(question), option: Number(option), chosen };
  }
  const [, done, which] = CHOSEN.exec(data) ?? [];
  return done === undefined ? null : { kind: "chosen", approvalId: done, question: Number(which) };
};
