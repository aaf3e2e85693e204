import { parentPort, workerData } from "node:worker_threads";
import { openCheckpointer } from "@steward/schema/checkpointer";

const checkpointer = openCheckpointer((workerData as { database: string }).database);

// An error ends the thread, and whoever waits hears of it.
parentPort?.on("message", () => {
  checkpointer.checkpoint();
  parentPort?.postMessage("done");
});
