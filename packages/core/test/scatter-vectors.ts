import { bitTable, earlierBitTable } from "@steward/schema/search-tables";
import type { OpenDatabase } from "@steward/schema/sqlite";

/** Vectors as an earlier version left them: one after the other, the bot of their signs a column among others. */
export const scatterVectors = (
  { sqlite }: Pick<OpenDatabase, "sqlite">,
  model: { id: number; dims: number },
  within = "1",
): void => {
  sqlite.exec(
    `CREATE VIRTUAL TABLE IF NOT EXISTS ${earlierBitTable(model.id)} USING vec0(id INTEGER PRIMARY KEY, e bit[${model.dims}],
      chat INTEGER, bot INTEGER, role INTEGER, at INTEGER)`,
  );
  const rows = sqlite
    .prepare(`SELECT id FROM message_vectors WHERE model = ? AND ${within} ORDER BY message_id DESC, chunk`)
    .all(model.id) as { id: number }[];
  rows.forEach(({ id }, i) => {
    const [from, to] = [BigInt(id), BigInt(i + 1)];
    const columns = "chat, bot, role, at";
    sqlite
      .prepare(
        `INSERT INTO ${earlierBitTable(model.id)} (id, e, ${columns})
         SELECT ?, vec_bit(e), ${columns} FROM ${bitTable(model.id)} WHERE id = ?`,
      )
      .run(to, from);
    sqlite.prepare(`DELETE FROM ${bitTable(model.id)} WHERE id = ?`).run(from);
    sqlite.prepare("UPDATE message_vectors SET id = ? WHERE id = ?").run(to, from);
  });
};
