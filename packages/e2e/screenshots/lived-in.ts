import { addChatMessage } from "@steward/contract/chat-history";
import { createMemory } from "@steward/contract/memories";
import { setPolicy } from "@steward/contract/policies";
import { submitTurn } from "@steward/contract/turns";
import type { ScriptedModel } from "@steward/testkit/scripted-model";
import { bundledCli } from "../src/cli-versions.ts";
import type { Rig } from "../src/rig.ts";
import { startTelegramRig, type TelegramRig } from "../src/telegram-rig.ts";

const ANSWER = `The backup failed because the disk of **nas** is full: 98 % used, most of it by old snapshots.

| Folder | Size | Older than 90 days |
|---|---:|---:|
| /srv/snapshots | 412 GB | 380 GB |
| /srv/media | 96 GB | 2 GB |
| /var/log | 4 GB | 3 GB |

I would remove snapshots older than 90 days, which frees 380 GB:

\`\`\`bash
# Lists what would go.
find /srv/snapshots -maxdepth 1 -mtime +90 | while read -r snapshot; do
  echo "would remove $snapshot"
done
\`\`\`

1. Check the list above.
2. Say **go**, and I remove them and start the backup again.

> The last good backup is from Thursday, 02:07.`;

const CHATS: readonly (readonly [string, readonly (readonly ["user" | "assistant", string])[]])[] = [
  [
    "gw-cli-travel",
    [
      ["user", "Which night train goes from Vienna to Rome in May?"],
      [
        "assistant",
        "The **Nightjet** leaves Vienna at 19:23 and is in Rome at 10:10. Beds are sold from March.",
      ],
    ],
  ],
  [
    "gw-cli-kitchen",
    [
      ["user", "番茄炒蛋怎么做？"],
      ["assistant", "先炒蛋，再炒番茄，最后合在一起，加盐和一点糖。"],
    ],
  ],
];

const MEMORIES = [
  {
    key: "nas",
    content: "The NAS is called nas and keeps its snapshots in /srv/snapshots.",
    category: "project",
    pinned: true,
  },
  { key: "coffee", content: "Drinks coffee black, and none after four.", category: "preference" },
  {
    key: "language",
    content: "Answers may be in English or Chinese; code comments in English.",
    category: "preference",
  },
  { key: "deploys", content: "Never deploy on Fridays.", category: "rule", pinned: true },
] as const;

const answerLikeAPerson: Parameters<ScriptedModel["script"]>[0] = async ({
  exchange,
  conversation,
  prompt,
}) => {
  const writer = await exchange.begin({ inputTokens: 21_000 });
  const isFirst = conversation.rounds.length === 0;
  if (prompt.includes("disk") && isFirst) {
    await writer.thinking("The backup writes to the NAS, so its disks come first.");
    await writer.text("I look at the disks first.\n\n");
    await writer.toolUse({
      id: "toolu_disks",
      name: "Bash",
      input: { command: "date", description: "Look at the time" },
    });
  } else if (prompt.includes("certificate") && isFirst) {
    const command = "systemctl restart nginx";
    await writer.toolUse({
      id: "toolu_nginx",
      name: "Bash",
      input: { command, description: "Restart the web server" },
    });
  } else await writer.text(ANSWER);
  await writer.finish();
  return true;
};

export interface LivedIn extends TelegramRig {
  /** Of the chat that is shown. */
  readonly botId: string;
  readonly sessionId: string;
}

/** A Steward in which somebody has lived for a while: chats, memories, and a question that waits for an answer. */
export const startLivedIn = async (): Promise<LivedIn> => {
  const telegram = await startTelegramRig({ cli: bundledCli().path });
  const { rig } = telegram;
  const ada = await telegram.pair("Ada");
  rig.model.script(answerLikeAPerson);
  await tellTheirLife(rig);
  await ada.exchange("Why did the backup fail? Is the disk full?", "The backup failed");
  const { botId, chatId } = { botId: "cli", chatId: "server" };
  await rig.client().call(submitTurn, {
    headers: { "idempotency-key": "certificate" },
    body: { botId, chatId, text: "The certificate of the shop runs out today. Renew it, please." },
  });
  return {
    ...telegram,
    botId: String(telegram.bot.id),
    sessionId: `gw-${telegram.bot.id}-${ada.person.user.id}`,
  };
};

const tellTheirLife = async (rig: Rig): Promise<void> => {
  const client = rig.client();
  for (const [session_id, messages] of CHATS) {
    for (const [role, content] of messages) {
      await client.call(addChatMessage, {
        body: { session_id, role, content, bot_id: "cli", source: "cli" },
      });
    }
  }
  for (const memory of MEMORIES) await client.call(createMemory, { body: { shared: true, ...memory } });
  await client.call(setPolicy, { body: { name: "maxUsdPerDay", value: 5 } });
};
