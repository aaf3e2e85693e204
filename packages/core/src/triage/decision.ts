import { type TriageDecision, triageDecisionSchema } from "@steward/contract/turns";

/** As it stands in a turn's row; null for none, and for what an older or newer program wrote. */
export const readDecision = (text: string | null): TriageDecision | null => {
  if (text === null) return null;
  const parsed = triageDecisionSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
};
