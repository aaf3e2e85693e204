import { asNumber, asObject, asText, type RawMessage } from "../codec/raw-message.ts";

/**
 * Asks for what the session has cost so far. `get_usage` tells it exactly, but asks the subscription's servers when there
 * is one; `get_session_cost` never leaves the machine and tells it in words, above half a dollar in whole cents.
 */
export const sessionCostRequest = (hasApiKey: boolean): { subtype: string } => ({
  subtype: hasApiKey ? "get_usage" : "get_session_cost",
});

/** US dollars; null when the answer has none. */
export function readSessionCost(response: RawMessage): number | null {
  const exact = asNumber(asObject(response.session)?.total_cost_usd);
  if (exact !== undefined) return exact;
  const told = /cost:\s+\$([\d,]+(?:\.\d+)?)/i.exec(asText(response.text) ?? "")?.[1];
  return told === undefined ? null : Number(told.replaceAll(",", ""));
}
