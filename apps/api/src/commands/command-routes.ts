import { ENDPOINTS } from "@steward/contract/endpoints";
import type { CommandService } from "@steward/core/commands/command-service";
import type { Mount } from "../http/mount.ts";

export function mountCommands(mount: Mount, { commands }: { commands: CommandService }): void {
  mount.json(ENDPOINTS.listCommands, ({ query }) => commands.list(query));
  mount.json(ENDPOINTS.runCommand, ({ headers, body: { botId, chatId, threadId, ...run } }) =>
    commands.run({
      address: { botId, chatId, threadId },
      ...run,
      userId: run.userId,
      key: headers["idempotency-key"],
    }),
  );
}
