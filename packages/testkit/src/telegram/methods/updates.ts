import type { WebhookInfo } from "@grammyjs/types";
import { ApiError, defect, tooManyRequests } from "../api-error.ts";
import { unixSeconds } from "../world/api-objects.ts";
import type { CallContext } from "./call-context.ts";

const SET_WEBHOOK_SPACING_MS = 1000;
const WEBHOOK_ACTIVE =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

export function getUpdates(call: CallContext): unknown {
  const { bot, params, signal } = call;
  if (bot.webhook.settings !== undefined) throw new ApiError(409, WEBHOOK_ACTIVE);
  bot.updates.allowed.remember(params.structure<string[]>("allowed_updates"));
  return bot.longPoll.poll({
    offset: params.integer("offset") ?? 0,
    limit: params.integer("limit") ?? 100,
    timeoutSeconds: params.integer("timeout") ?? 0,
    signal,
  });
}

export function setWebhook(call: CallContext): true {
  const { bot, params, world } = call;
  const url = params.text("url");
  if (url === "") return deleteWebhook(call);
  const nowMs = world.clock.monotonicMs();
  if (nowMs < bot.nextSetWebhookMs) throw tooManyRequests(1);
  bot.nextSetWebhookMs = nowMs + SET_WEBHOOK_SPACING_MS;

  const secretToken = params.optionalText("secret_token");
  if (!isWebhookUrl(url)) throw defect("invalid webhook URL specified");
  if ((secretToken?.length ?? 0) > 256) throw defect("secret token is too long");
  if (!/^[\w-]*$/.test(secretToken ?? "")) throw defect("secret token contains unallowed characters");
  if (params.flag("drop_pending_updates")) bot.updates.clear();
  bot.updates.allowed.remember(params.structure<string[]>("allowed_updates"));
  bot.longPoll.end("terminated by setWebhook request");
  bot.webhook.set({
    url,
    secretToken,
    maxConnections: params.integer("max_connections") ?? 40,
    ipAddress: params.optionalText("ip_address"),
  });
  return true;
}

export function deleteWebhook({ bot, params }: CallContext): true {
  if (params.flag("drop_pending_updates")) bot.updates.clear();
  bot.webhook.set(undefined);
  return true;
}

export function getWebhookInfo({ bot }: CallContext): WebhookInfo {
  const { settings, lastError } = bot.webhook;
  const { types } = bot.updates.allowed;
  return {
    url: settings?.url ?? "",
    has_custom_certificate: false,
    pending_update_count: bot.updates.pending().length,
    ...(lastError === undefined
      ? {}
      : { last_error_date: unixSeconds(lastError.atMs), last_error_message: lastError.message }),
    ...(settings === undefined
      ? {}
      : { max_connections: settings.maxConnections, ip_address: settings.ipAddress ?? "<unknown>" }),
    ...(types === undefined ? {} : { allowed_updates: types as NonNullable<WebhookInfo["allowed_updates"]> }),
  };
}

/** Telegram wants https; a local Bot API server also pushes to plain http, which is what loopback tests need. */
function isWebhookUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return (
    protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname))
  );
}
