import type { RegisterCommands } from "../registration.ts";
import type { DeliveriesOptions } from "./deliveries-command.ts";

/** `steward deliveries …` and `steward trace`. */
export const registerDeliveryCommands: RegisterCommands = ({ program, command, say, onService }) => {
  const load = () => import("./deliveries-command.ts");
  const deliveries = command(program, "deliveries", "cli.describe.deliveries")
    .option("--dead", say("cli.option.deliveries_dead"))
    .option("--json", say("cli.option.json"))
    .action((options: DeliveriesOptions) =>
      onService(load, ({ runDeliveries }, deps) => runDeliveries(options, { ...deps, nowMs: Date.now() })),
    );
  command(deliveries, "retry", "cli.describe.deliveries_retry")
    .argument("[id]", say("cli.argument.delivery"))
    // Named like its parent's, which takes it when it stands before the verb.
    .option("--dead", say("cli.option.deliveries_retry_dead"))
    .action((id: string | undefined, options: { dead?: boolean }) => {
      const dead = options.dead === true || deliveries.opts<DeliveriesOptions>().dead === true;
      return onService(load, ({ runRetryDelivery }, deps) =>
        runRetryDelivery(id, { dead }, { ...deps, nowMs: Date.now() }),
      );
    });

  command(program, "trace", "cli.describe.trace")
    .argument("<turn>", say("cli.argument.turn"))
    .option("--json", say("cli.option.json"))
    .action((turnId: string, options: { json?: boolean }) =>
      onService(
        () => import("./trace-command.ts"),
        ({ runTrace }, deps) => runTrace(turnId, options, deps),
      ),
    );
};
