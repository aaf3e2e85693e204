import { POLICIES } from "@steward/contract/policies";

/** A button that sets something for its chat, or opens the command that does. */
export type SettingAction =
  | { kind: "set"; name: "permissionMode"; value: string }
  | { kind: "set"; name: "verbosity"; value: number }
  | { kind: "set"; name: "showThinking"; value: boolean }
  | { kind: "open"; command: "mode" | "model" | "verbose" };

const OPENED: readonly string[] = ["mode", "model", "verbose"];

/** A button's `callback_data`: at most 20 bytes of ASCII. */
export function formatSettingData(action: SettingAction): string {
  if (action.kind === "open") return `o:${action.command}`;
  if (action.name === "permissionMode") return `k:m:${action.value}`;
  if (action.name === "verbosity") return `k:v:${action.value}`;
  return `k:t:${action.value ? 1 : 0}`;
}

/** Null for anything that no version of ours wrote. */
export function parseSettingData(data: string): SettingAction | null {
  const [kind, first = "", second, ...rest] = data.split(":");
  if (rest.length > 0) return null;
  if (kind === "o" && second === undefined && OPENED.includes(first)) {
    return { kind: "open", command: first as "mode" };
  }
  if (kind !== "k" || second === undefined) return null;
  if (first === "m") {
    const mode = POLICIES.permissionMode.schema.safeParse(second);
    return mode.success ? { kind: "set", name: "permissionMode", value: mode.data } : null;
  }
  if (first === "v") {
    const isLevel = /^[012]$/.test(second);
    return isLevel ? { kind: "set", name: "verbosity", value: Number(second) } : null;
  }
  if (first !== "t" || !/^[01]$/.test(second)) return null;
  return { kind: "set", name: "showThinking", value: second === "1" };
}
