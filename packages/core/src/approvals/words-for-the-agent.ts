import type { TurnRecord } from "../turns/turn-record.ts";

/** What the agent reads when it may not. In English, like all that the CLI itself tells it. */

const ASK_FIRST = "Do not try to get there in another way. Stop and ask them what to do instead.";

export const deniedByPerson = (kind: "tool" | "question" | "plan", message: string | null): string => {
  switch (kind) {
    case "tool":
      return message === null
        ? `The user does not allow this. ${ASK_FIRST}`
        : `The user does not allow this and says: ${message}`;
    case "question":
      return message === null
        ? "The user does not want to answer these questions. Go on without the answers, or ask in plain words."
        : `The user did not choose an answer and says: ${message}`;
    case "plan":
      return message === null
        ? "The user does not approve this plan. Stay in plan mode and ask them what should be different."
        : `The user does not approve this plan yet and says: ${message}`;
  }
};

/** `30 s`, `10 min`. */
export const shortSpan = (ms: number): string =>
  ms < 60_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;

export const deniedByTime = (timeoutMs: number): string =>
  `Nobody answered within ${shortSpan(timeoutMs)}, so this is denied. Do not try to get there in another way: ` +
  "go on with what needs no approval, and say at the end what was left undone and why.";

/** For doors where nobody can be asked. Names the ways to allow it. */
export const deniedUnattended = ({ source, botId }: TurnRecord, rule: string): string =>
  `Denied: messages that come in by ${source} cannot ask a person, and the owner has set such requests to be denied. ` +
  `Tell the user that the owner can allow it on the server with: steward settings add allowRules ${quoted(rule)} --bot ${botId}` +
  ` (or be asked in the terminal from now on: steward settings set unattended ask --bot ${botId}).`;

/** As one word of a shell: a rule may hold what a hostile page has put into a command. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export const WITHDRAWN = "The turn has ended.";

export const NO_TURN = "Denied: no turn of the user's is running, so nobody can be asked for permission now.";
