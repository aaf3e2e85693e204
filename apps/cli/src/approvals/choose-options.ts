import type { ApprovalQuestion } from "@steward/contract/approvals";

/**
 * What a person typed at a question, as answers: numbers or labels of its options, several with commas where several
 * may be chosen; anything else is an answer in their own words. Empty when nothing was typed.
 */
export function chooseOptions({ options, multiSelect }: ApprovalQuestion, typed: string): string[] {
  const text = typed.trim();
  if (text === "") return [];
  const labelOf = (part: string): string | undefined =>
    /^\d+$/.test(part)
      ? options[Number(part) - 1]?.label
      : options.find(({ label }) => label.toLowerCase() === part.toLowerCase())?.label;
  const whole = labelOf(text);
  if (whole !== undefined) return [whole];
  if (!multiSelect) return [text];
  const parts = text.split(/[,，、]/).map((part) => part.trim());
  const labels = parts.map(labelOf);
  return labels.every((label) => label !== undefined) ? [...new Set(labels)] : [text];
}
