import type { TurnHold } from "@steward/contract/holds";
import type { Terminal } from "../terminal/terminal.ts";
import { formatMoment } from "../terminal/units.ts";

/** Why turns stand still, as one sentence; times in the machine's zone. */
export const describeHold = ({ kind, until }: TurnHold, { say }: Pick<Terminal, "say">): string =>
  kind === "usage_limit" && until === null
    ? say("hold.usage_limit_unknown")
    : say(`hold.${kind}`, { at: until === null ? "" : formatMoment(until) });
