import type { AuditEntry } from "@steward/contract/audit";
import { escapeHidden } from "@steward/contract/visible-text";
import type { Texts } from "../../../texts/en.ts";
import type { Say, TextKey } from "../../../texts/texts.tsx";

/** What was done, in words; what has none by the name that the service gives it. */
export const auditAction = ({ action }: AuditEntry, texts: Texts, say: Say): string => {
  const key = `audit.${action}`;
  return key in texts ? say(key as TextKey) : action;
};

/** More of it: a setting by its label, anything else as it was written. */
export const auditDetail = ({ action, detail }: AuditEntry, texts: Texts, say: Say): string => {
  const key = `policy.${detail}`;
  return action.startsWith("policy_") && key in texts ? say(key as TextKey) : escapeHidden(detail);
};

/** Who it was. @param people what people are called, by `BOT/PERSON` and by `PERSON` */
export const auditActor = (actor: string, people: ReadonlyMap<string, string>, say: Say): string => {
  if (actor === "owner") return say("audit.by_owner");
  if (actor.startsWith("web:")) return say("audit.by_browser");
  return people.get(actor.replace(/^user:/, "")) ?? escapeHidden(actor);
};

export const auditTarget = (
  { target }: AuditEntry,
  people: ReadonlyMap<string, string>,
  say: Say,
): string => {
  if (target === "global") return say("settings.scope_all");
  const name = people.get(target);
  return name === undefined ? escapeHidden(target) : `${name} (${escapeHidden(target)})`;
};
