import type { PhrasingContent, Table, TableRow } from "mdast";
import { type Alignment, displayWidth, padToWidth } from "./display-width.ts";
import { type InlineContext, renderInline } from "./render-inline.ts";
import { TextBuilder } from "./text-builder.ts";

/** What a phone shows of monospaced text without breaking the line. */
const MAX_COLUMNS = 40;

/**
 * A table as aligned monospaced text when it fits a phone, else one record per row ("**Header**: value"). Cells with
 * links become records too, because nothing in monospaced text can be tapped.
 */
export function renderTable(table: Table, context: InlineContext): void {
  const rows = table.children.map((row) => row.children.map((cell) => plainText(cell.children, context)));
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))),
  );
  const total = widths.reduce((sum, width) => sum + width, 0) + 3 * Math.max(columns - 1, 0);
  if (total > MAX_COLUMNS || table.children.some(hasLink)) renderRecords(table, context);
  else renderGrid(rows, widths, table, context);
}

function renderGrid(
  rows: readonly string[][],
  widths: readonly number[],
  table: Table,
  { out }: InlineContext,
): void {
  const alignments = widths.map((_, column): Alignment => table.align?.[column] ?? "left");
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) => padToWidth(cells[column] ?? "", width, alignments[column] ?? "left"))
      .join(" │ ")
      .trimEnd();
  const [header = [], ...body] = rows;
  const rule = widths.map((width) => "─".repeat(width)).join("─┼─");
  const lines = header.every((cell) => cell === "")
    ? body.map(line)
    : [line(header), rule, ...body.map(line)];
  out.wrap({ type: "pre" }, () => out.append(lines.join("\n")));
}

function renderRecords(table: Table, context: InlineContext): void {
  const { out } = context;
  const [header, ...body] = table.children;
  for (const row of body.length > 0 ? body : table.children) {
    row.children.forEach((cell, column) => {
      if (plainText(cell.children, context) === "") return;
      const title = row === header ? [] : (header?.children[column]?.children ?? []);
      if (plainText(title, context) !== "") {
        out.wrap({ type: "bold" }, () => renderInline(title, context));
        out.append(": ");
      }
      renderCell(cell.children, context);
      out.breakLine(1);
    });
    out.breakLine(2);
  }
}

/** In a cell `<br>` is the only way to write a line break, so there it is one. */
function renderCell(nodes: readonly PhrasingContent[], context: InlineContext): void {
  for (const node of nodes) {
    if (isLineBreak(node)) context.out.breakLine(1);
    else renderInline([node], context);
  }
}

function plainText(nodes: readonly PhrasingContent[], context: InlineContext): string {
  const out = new TextBuilder();
  for (const node of nodes) {
    if (isLineBreak(node)) out.append(" ");
    else renderInline([node], { ...context, out });
  }
  return out.finish().text.replace(/\s+/g, " ");
}

const isLineBreak = (node: PhrasingContent): boolean =>
  node.type === "html" && /^<br\s*\/?>$/i.test(node.value);

function hasLink(row: TableRow): boolean {
  const isLink = (node: PhrasingContent): boolean =>
    /^(?:link|image)/.test(node.type) || ("children" in node && node.children.some(isLink));
  return row.children.some((cell) => cell.children.some(isLink));
}
