import type { Logger } from "@steward/platform/logger";
import { Composer, type Context, Telegraf } from "telegraf";
import type { UserFromGetMe } from "telegraf/types";
import type { PendingUpdate } from "../intake/intake.ts";

/** What is to be done for an update, and what to remember about it. */
export type Task = () => Promise<TaskOutcome>;
export interface TaskOutcome {
  state: "handled" | "ignored" | "dead";
  detail: string;
}

export type Route = (row: PendingUpdate) => Task;

export interface Routes {
  command: Route;
  callback: Route;
  edit: Route;
  membership: Route;
  unsupported: Route;
}

export interface RouterDeps {
  token: string;
  apiRoot: string;
  botInfo: UserFromGetMe;
  routes: Routes;
  log: Logger;
}

export interface Router {
  /** Finds what is to be done for a row; null when there is nothing. Does not do it. */
  route(row: PendingUpdate): Promise<Task | null>;
}

/**
 * Telegraf finds the handler, and that is all it does here: it polls nothing, sends nothing (every call of ours goes
 * through the lanes), and its handlers return at once, with the task that the dispatcher then runs.
 */
export function createRouter({ token, apiRoot, botInfo, routes, log }: RouterDeps): Router {
  const rows = new WeakMap<object, PendingUpdate>();
  const tasks = new WeakMap<object, Task>();
  // Telegraf would answer within a webhook's response, and would end a handler after 90 s; neither is ours to use.
  const bot = new Telegraf(token, {
    handlerTimeout: Number.POSITIVE_INFINITY,
    telegram: { apiRoot, webhookReply: false },
  });
  bot.botInfo = botInfo;
  bot.catch((error, { update }) => log.error({ err: error, updateId: update.update_id }, "routing failed"));

  const give =
    (route: Route) =>
    ({ update }: Context): void => {
      const row = rows.get(update);
      if (row !== undefined) tasks.set(update, route(row));
    };
  const nothing = (): void => undefined;
  bot.use(
    Composer.dispatch(({ update }: Context) => rows.get(update)?.update.kind ?? "malformed", {
      command: give(routes.command),
      callback: give(routes.callback),
      edit: give(routes.edit),
      membership: give(routes.membership),
      unsupported: give(routes.unsupported),
      // Ended in the inbox already.
      prompt: nothing,
      malformed: nothing,
      denied: nothing,
    }),
  );

  return {
    async route(row) {
      const { raw } = row.update;
      if (typeof raw !== "object" || raw === null) return null;
      // A copy: the same update may be routed again after a reconnection. It was read and checked at the door.
      const update = { ...raw } as Parameters<typeof bot.handleUpdate>[0];
      rows.set(update, row);
      await bot.handleUpdate(update);
      return tasks.get(update) ?? null;
    },
  };
}
