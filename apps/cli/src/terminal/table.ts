import { displayWidth } from "./display-width.ts";
import { harmlessLine } from "./harmless.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Columns wide enough for their widest cell, two spaces apart; a Chinese character counts two places. Cells may come
 * from strangers (names in Telegram) and are made harmless here.
 *
 * @returns the heading line, then one line per row.
 */
export function formatTable(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [heading, ...rows].map((cells) => cells.map(harmlessLine));
  const widths = heading.map((_, column) =>
    Math.max(...lines.map((cells) => displayWidth(cells[column] ?? ""))),
  );
  return lines.map((cells) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? "";
        return cell + " ".repeat(width - displayWidth(cell));
      })
      .join("  ")
      .trimEnd(),
  );
}

/** A table on standard output, its heading in bold. */
export function printTable(
  { print, style }: Terminal,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const [first = "", ...rest] = formatTable(heading, rows);
  print(style("stdout", "bold", first));
  for (const line of rest) print(line);
}
