import type { TurnGate } from "../sessions/turn-gate.ts";
import type { SpendingCaps } from "../usage/spending-caps.ts";
import { toldHold } from "./describe-hold.ts";
import type { HoldBook } from "./hold-book.ts";
import type { HoldNotices } from "./hold-notices.ts";
import type { LoginWatch } from "./login-watch.ts";
import type { UsageLimit } from "./usage-limit.ts";

/** The gate as it stands: what is in force, what results say about it, and what nobody may spend any more. */
export const createTurnGateKeeper = (deps: {
  book: HoldBook;
  usageLimit: UsageLimit;
  login: LoginWatch;
  notices: HoldNotices;
  caps: SpendingCaps;
}): TurnGate => {
  const { book, usageLimit, login, notices } = deps;
  return {
    heldBy: (chat) => {
      const hold = book.over(chat);
      return hold && toldHold(hold);
    },
    refusal: deps.caps.refusal,
    caps: deps.caps,
    afterResult: (chat, record, result) => {
      if (result.ok) {
        usageLimit.answered();
        login.answered();
      }
      const isLimit = result.errorCode === "usage_limit";
      if (!isLimit && result.errorCode !== "authentication_failed") return "settle";
      const hold = isLimit ? usageLimit.hit(result.resetsAtMs) : login.missing();
      // A tool has run: what was done is told, and never done again by itself.
      if (record?.startedTools) return "settle";
      if (record?.deliver) notices.tell(hold, chat);
      return "wait";
    },
    afterFailedStart: (failure) => {
      if (failure.errorCode !== "cli_not_logged_in") return "settle";
      notices.tellWaiting(login.missing());
      return "wait";
    },
    limitTold: (chat, limit, toOutbox) => {
      if (limit.status === "allowed_warning" && toOutbox) notices.warn(chat, limit);
    },
  };
};
