import type { BlockContent, DefinitionContent, List, ListItem, RootContent } from "mdast";
import { cleanText } from "./clean-text.ts";
import { type FormattedText, isBlank } from "./formatted-text.ts";
import { parseMarkdown } from "./markdown-tree.ts";
import { type InlineContext, renderInline } from "./render-inline.ts";
import { renderTable } from "./render-table.ts";
import { TextBuilder } from "./text-builder.ts";

export type { FormattedText } from "./formatted-text.ts";

const INDENT = "   ";

/**
 * Markdown as text with entities, never `parse_mode`: nothing has to be escaped, so nothing the model writes can make
 * the server refuse the message. Any length; {@link file://./split.ts} cuts the result into messages.
 */
export function renderMarkdown(markdown: string): FormattedText {
  // Cleaned before parsing, since the parser would turn a NUL into U+FFFD.
  const { root, definitions } = parseMarkdown(cleanText(markdown));
  const out = new TextBuilder();
  renderBlocks(root.children, { out, definitions, listDepth: 0 }, 2);
  return out.finish();
}

interface BlockContext extends InlineContext {
  listDepth: number;
}

function renderBlocks(nodes: readonly RootContent[], context: BlockContext, newlines: number): void {
  for (const node of nodes) {
    renderBlock(node, context);
    context.out.breakLine(newlines);
  }
}

function renderBlock(node: RootContent, context: BlockContext): void {
  const { out } = context;
  switch (node.type) {
    case "paragraph":
      renderInline(node.children, context);
      break;
    case "heading":
      out.wrap({ type: "bold" }, () => renderInline(node.children, context));
      break;
    case "thematicBreak":
      out.append("———");
      break;
    case "code":
      renderCode(node.value, node.lang ?? "", out);
      break;
    case "blockquote":
      out.wrap({ type: "blockquote" }, () => renderBlocks(node.children, context, 2));
      break;
    case "list":
      renderList(node, context);
      break;
    case "table":
      renderTable(node, context);
      break;
    case "html":
      out.append(node.value);
      break;
    case "footnoteDefinition":
      out.append(`[${node.label ?? node.identifier}] `);
      renderBlocks(node.children, context, 2);
      break;
  }
}

function renderCode(code: string, language: string, out: TextBuilder): void {
  // An empty block, as while its first line is still being written: the server knows no box without content.
  if (isBlank(code)) return;
  const indent = out.indent;
  // Copying code out of a list item must not copy the list's indentation.
  out.indent = "";
  // The server keeps no tabs: it would show each as a single space. Nor blank lines at the beginning of a message.
  const shown = code.replace(/^(?:[^\S\n]*\n)+/, "").replaceAll("\t", "    ");
  const format = isLanguage(language) ? { type: "pre" as const, language } : { type: "pre" as const };
  out.wrap(format, () => out.append(shown));
  out.indent = indent;
}

const isLanguage = (language: string): boolean => /^[\w+#.-]{1,32}$/.test(language);

function renderList(list: List, context: BlockContext): void {
  const { out, listDepth } = context;
  const outerIndent = out.indent;
  const inner = { ...context, listDepth: listDepth + 1 };
  list.children.forEach((item, index) => {
    out.indent = outerIndent;
    out.append(markerOf(list, item, index, listDepth));
    out.indent = outerIndent + INDENT;
    if (item.children[0]?.type !== "paragraph") out.breakLine(1);
    const isLoose = item.spread === true;
    renderBlocks(item.children as (BlockContent | DefinitionContent)[], inner, isLoose ? 2 : 1);
    out.breakLine(list.spread === true ? 2 : 1);
  });
  out.indent = outerIndent;
}

function markerOf(list: List, item: ListItem, index: number, depth: number): string {
  const number = list.ordered === true ? `${(list.start ?? 1) + index}. ` : "";
  if (typeof item.checked === "boolean") return number + (item.checked ? "✅ " : "⬜ ");
  return number || (depth === 0 ? "• " : "◦ ");
}
