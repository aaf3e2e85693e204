import { parentPort, workerData } from "node:worker_threads";
import { pruneBackups, takeBackup } from "@steward/schema/backups";

/** Copying reads the whole database: in a thread of its own it holds up nobody. Answers the backup, or throws. */
const { database, folder, now } = workerData as { database: string; folder: string; now: number };
const { name, takenAt, bytes } = takeBackup({ database, folder, now });
pruneBackups(folder);
parentPort?.postMessage({ name, takenAt, bytes });
