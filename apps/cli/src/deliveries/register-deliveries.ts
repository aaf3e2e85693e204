import type { RegisterCommands } from "../registration.ts";
import type { DeliveriesOptions } from "./deliveries-command.ts";

/** `steward deliveries …` and `steward trace`. */
export const registerDeliveryCommands: RegisterCommands = ({ program, command, say, run, context }) => {
  const { terminal } = context;
  const load = () => Promise.all([import("./deliveries-command.ts"), import("../service/service.ts")]);

  const deliveries = command(program, "deliveries", "cli.describe.deliveries")
    .option("--dead", say("cli.option.deliveries_dead"))
    .option("--json", say("cli.option.json"))
    .action((options: DeliveriesOptions) =>
      run(async () => {
        const [{ runDeliveries }, { withService }] = await load();
        return await withService(context, ({ client }) =>
          runDeliveries(options, { client, terminal, nowMs: Date.now() }),
        );
      }),
    );
  command(deliveries, "retry", "cli.describe.deliveries_retry")
    .argument("[id]", say("cli.argument.delivery"))
    // Named like its parent's, which takes it when it stands before the verb.
    .option("--dead", say("cli.option.deliveries_retry_dead"))
    .action((id: string | undefined, options: { dead?: boolean }) =>
      run(async () => {
        const [{ runRetryDelivery }, { withService }] = await load();
        const dead = options.dead === true || deliveries.opts<DeliveriesOptions>().dead === true;
        return await withService(context, ({ client }) =>
          runRetryDelivery(id, { dead }, { client, terminal, nowMs: Date.now() }),
        );
      }),
    );

  command(program, "trace", "cli.describe.trace")
    .argument("<turn>", say("cli.argument.turn"))
    .option("--json", say("cli.option.json"))
    .action((turnId: string, options: { json?: boolean }) =>
      run(async () => {
        const [{ runTrace }, { withService }] = await Promise.all([
          import("./trace-command.ts"),
          import("../service/service.ts"),
        ]);
        return await withService(context, ({ client }) => runTrace(turnId, options, { client, terminal }));
      }),
    );
};
