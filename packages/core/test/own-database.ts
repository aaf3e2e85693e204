import type { OpenDatabase } from "@steward/schema/sqlite";
import { openTestDatabase } from "@steward/schema/test-database";
import { onTestFinished } from "vitest";

/** The test's own, closed with it: hundreds in memory that only await their collection are gigabytes. */
export const openOwnDatabase = (): OpenDatabase => {
  const database = openTestDatabase();
  onTestFinished(() => {
    if (database.sqlite.open) database.close();
  });
  return database;
};
