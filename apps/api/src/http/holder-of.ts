import type { Context } from "hono";
import type { ApiEnv } from "./api-env.ts";

/** What the audit calls the owner who asks: by the token, or from a browser, which its sign-in names. */
export const holderOf = (c: Context<ApiEnv>): string => {
  const session = c.get("webSession");
  return session === undefined ? "owner" : `web:${session.id}`;
};
