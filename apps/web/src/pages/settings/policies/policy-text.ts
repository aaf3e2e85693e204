import type { PolicyControl } from "./policy-controls.ts";

/** What a field shows of a value; empty for none. */
export const toText = (control: PolicyControl, value: unknown): string => {
  if (value === null || value === undefined) return "";
  if (control.kind === "number") return String(Number(value) / (control.scale ?? 1));
  if (Array.isArray(value)) return value.join("\n");
  return String(value);
};

/** `problem`: what is wrong with the text before anybody is asked. */
export type ReadText = { value: unknown } | { problem: "empty" | "no_number" };

/** The value that a field's text means. What is a value but not allowed the API says. */
export const fromText = (control: PolicyControl, text: string): ReadText => {
  const trimmed = text.trim();
  if (control.kind === "lines") {
    return {
      value: text
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== ""),
    };
  }
  const mayBeEmpty = (control.kind === "number" || control.kind === "text") && control.none !== undefined;
  if (trimmed === "") return mayBeEmpty ? { value: null } : { problem: "empty" };
  if (control.kind !== "number") return { value: trimmed };
  const number = Number(trimmed.replace(",", "."));
  if (!Number.isFinite(number)) return { problem: "no_number" };
  // 0.1 minutes are whole milliseconds, however they are reckoned.
  return { value: control.scale === undefined ? number : Math.round(number * control.scale) };
};
