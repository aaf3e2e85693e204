/** What an answer says that is a plan, to be carried out once a person confirms it. */
const MARKER =
  /(?:\*\*|__)?\\?\[\s*(?:\*\*)?\s*HARNESS\s*\\?_\s*EXEC\s*\\?_\s*READY\s*(?:\*\*)?\s*\\?\](?:\*\*|__)?/gi;
const BARE = "[HARNESS_EXEC_READY]";
/** With all that may stand around and inside it. */
const LONGEST_MARKER = 60;

/** The words of a person that confirm a plan; the wire contract's list. */
const CONFIRMATIONS = new Set([
  ...["yes", "y", "ok", "confirm", "go", "go ahead", "approved", "start"],
  ...["确认", "可以", "开始", "好", "好的", "执行", "没问题"],
]);

/** An answer without the mark, and whether it carried it. */
export const readPlanMarker = (text: string): { text: string; isPlan: boolean } => {
  const without = text.replace(MARKER, "");
  return without === text ? { text, isPlan: false } : { text: without.trim(), isPlan: true };
};

/** A text that is still being written, without the mark or what has come of it so far. */
export const hidePlanMarker = (text: string): string => {
  const { text: shown } = readPlanMarker(text);
  const at = shown.lastIndexOf("[", shown.length);
  if (at < 0 || shown.length - at > LONGEST_MARKER) return shown;
  const begun = shown.slice(at).replace(/[\s\\*]/g, "");
  return BARE.startsWith(begun.toUpperCase()) ? shown.slice(0, at).replace(/[\s\\*_]+$/, "") : shown;
};

/** Whether a message says that the plan is to be carried out. */
export const confirmsPlan = (text: string): boolean => CONFIRMATIONS.has(text.trim().toLowerCase());
