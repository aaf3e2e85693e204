import type { Core } from "@steward/core/core";
import { createSignInCodes } from "@steward/core/web/sign-in-codes";
import { createWebSessions } from "@steward/core/web/web-sessions";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { createFailureLimit } from "../security/failure-limit.ts";
import type { IdentifyDeps } from "../security/identify-caller.ts";
import { createTokenGate } from "../security/token-gate.ts";
import { createWebCookie } from "../security/web-cookie.ts";
import type { WebAccess } from "./web-session-routes.ts";

/** All that opens a door: the token, codes and cookies; their failures are counted together. */
export function createAccess(deps: {
  token: string;
  database: OpenDatabase;
  core: Pick<Core, "settings" | "agents">;
  clock: Clock;
  ids: Ids;
  log: Logger;
}): { web: WebAccess; identify: IdentifyDeps } {
  const failures = createFailureLimit(deps.clock);
  const tokens = createTokenGate({ token: deps.token, failures });
  const sessions = createWebSessions({ ...deps, settings: deps.core.settings });
  const cookie = createWebCookie();
  return {
    web: { codes: createSignInCodes(deps), sessions, cookie, tokens, failures },
    identify: {
      checkToken: tokens.checkHeader,
      agentChatOf: deps.core.agents.chatOf,
      cookie,
      sessionOf: sessions.find,
    },
  };
}
