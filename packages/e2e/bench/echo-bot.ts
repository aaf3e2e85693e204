/**
 * The least that a bot can be: asks for updates, confirms them with the next poll, and sends back what it was told, with
 * nothing stored in between. `pnpm bench telegram` holds Steward against it.
 */
const { TELEGRAM_API_ROOT, TELEGRAM_BOT_TOKEN } = process.env;
const base = `${TELEGRAM_API_ROOT}/bot${TELEGRAM_BOT_TOKEN}`;

interface Update {
  update_id: number;
  message?: { chat: { id: number }; text?: string };
}

const call = async (method: string, args: object): Promise<unknown> => {
  const response = await fetch(`${base}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(args),
  });
  return ((await response.json()) as { result: unknown }).result;
};

for (let offset = 0; ; ) {
  // What the emulator answers is checked by its own tests.
  const updates = (await call("getUpdates", { offset, timeout: 50 })) as Update[];
  for (const { update_id: id, message } of updates) {
    offset = id + 1;
    if (message?.text?.startsWith("STUB:")) {
      void call("sendMessage", { chat_id: message.chat.id, text: "echo" });
    }
  }
}

export {};
