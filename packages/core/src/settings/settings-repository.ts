import type { Clock } from "@steward/platform/clock";
import type { DatabaseOrTransaction } from "@steward/schema/sqlite";
import { auditEntries, settings } from "@steward/schema/tables";
import { eq } from "drizzle-orm";
import type { EventHub } from "../events/event-hub.ts";

/** Names of the facts kept about this installation. */
export type SettingName =
  /** Marks every process of this installation, so that a later start can find what an earlier one left. */
  | "instance_id"
  /** When a login or a Telegram token was first seen: from then on demo mode is never entered by itself. */
  | "configured_at"
  /** Which models the CLI offered last, as JSON. */
  | "cli_models";

export interface SettingsRepository {
  get(name: SettingName): string | null;
  set(name: SettingName, value: string): void;
  audit(actor: string, action: string, target: string, detail?: string): void;
}

export const createSettingsRepository = (deps: {
  db: DatabaseOrTransaction;
  hub: Pick<EventHub, "publish">;
  clock: Clock;
}): SettingsRepository => ({
  get: (name) => deps.db.select().from(settings).where(eq(settings.name, name)).get()?.value ?? null,
  set: (name, value) => {
    const row = { name, value, updatedAt: deps.clock.now() };
    deps.db.insert(settings).values(row).onConflictDoUpdate({ target: settings.name, set: row }).run();
  },
  audit: (actor, action, target, detail = "") => {
    deps.db.insert(auditEntries).values({ at: deps.clock.now(), actor, action, target, detail }).run();
    deps.hub.publish("audit_written", {});
  },
});
