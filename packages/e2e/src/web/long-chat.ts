import { join } from "node:path";
import { openDatabase } from "@steward/schema/sqlite";
import { chatMessages } from "@steward/schema/tables";
import type { Rig } from "../rig.ts";

export const LONG_CHAT = { botId: "cli", sessionId: "gw-cli-long" };
const SLICE = 1_000;

const KINDS: readonly ((n: number) => string)[] = [
  (n) => `Question ${n}: what does the log say about the last night?`,
  (n) =>
    `Answer ${n}. Nothing unusual: **three** restarts, all of them planned.\n\n- nginx\n- postgres\n- the mail queue`,
  (n) => `${n} 昨晚的日志里有什么？`,
  (n) =>
    `| host | load ${n} |\n|---|---:|\n| nas | 0.4 |\n| web | 1.2 |\n\n\`\`\`ts\nconst load = ${n};\nconsole.log(load);\n\`\`\``,
  (n) => `${n}: and then?`,
  (n) => `A longer one, number ${n}. ${"It goes on for a while, as answers do. ".repeat(12)}`,
];

/** Writes a chat of so many messages into the rig's database, while its API is down. */
export const fillLongChat = async (rig: Rig, messages: number): Promise<void> => {
  await rig.api.end("SIGTERM");
  const database = openDatabase({ path: join(rig.home, "steward.db") });
  const begin = Date.now() - messages * 60_000;
  for (let first = 0; first < messages; first += SLICE) {
    const rows = Array.from({ length: Math.min(SLICE, messages - first) }, (_, index) => {
      const n = first + index;
      return {
        ...LONG_CHAT,
        role: n % 2 === 0 ? ("user" as const) : ("assistant" as const),
        content: KINDS[n % KINDS.length]?.(n) ?? "",
        source: "cli",
        createdAt: begin + n * 60_000,
      };
    });
    database.write((tx) => tx.insert(chatMessages).values(rows).run());
  }
  database.close();
  await rig.startApi();
};
