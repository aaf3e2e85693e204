import type { Image, ImageReference, Link, LinkReference, PhrasingContent } from "mdast";
import { displayWidth } from "./display-width.ts";
import { type Definitions, definitionId } from "./markdown-tree.ts";
import { readableAddress, safeUrl } from "./safe-url.ts";
import type { TextBuilder } from "./text-builder.ts";

/** What inline rendering needs to know of the document around it. */
export interface InlineContext {
  out: TextBuilder;
  definitions: Definitions;
}

export function renderInline(nodes: readonly PhrasingContent[], context: InlineContext): void {
  for (const node of nodes) renderNode(node, context);
}

function renderNode(node: PhrasingContent, context: InlineContext): void {
  const { out } = context;
  const children = "children" in node ? node.children : [];
  const writeChildren = (): void => renderInline(children, context);
  switch (node.type) {
    case "text":
      renderText(node.value, out);
      break;
    case "strong":
      out.wrap({ type: "bold" }, writeChildren);
      break;
    case "emphasis":
      out.wrap({ type: "italic" }, writeChildren);
      break;
    case "delete":
      out.wrap({ type: "strikethrough" }, writeChildren);
      break;
    case "inlineCode":
      out.wrap({ type: "code" }, () => out.append(node.value));
      break;
    case "break":
      out.breakLine(1);
      break;
    case "html":
      // The one tag that people and models write into Markdown and mean.
      if (/^<br\s*\/?>$/i.test(node.value)) out.breakLine(1);
      else out.append(node.value);
      break;
    case "link":
    case "linkReference":
      renderLink(urlOf(node, context), writeChildren, context);
      break;
    case "image":
    case "imageReference":
      renderLink(urlOf(node, context), () => out.append(`🖼 ${node.alt ?? ""}`.trimEnd()), context);
      break;
    case "footnoteReference":
      out.append(`[${node.label ?? node.identifier}]`);
      break;
  }
}

/** A link if it may be one; else the text with its address behind it, so that nothing is hidden. */
function renderLink(url: string | null, writeText: () => void, { out }: InlineContext): void {
  if (url === null) {
    writeText();
    return;
  }
  const target = safeUrl(url);
  const address = readableAddress(url);
  const write = (text: () => void): void =>
    target === null ? text() : out.wrap({ type: "text_link", url: target }, text);
  const before = out.length;
  write(writeText);
  const written = out.textFrom(before).trim();
  if (written === "") write(() => out.append(address));
  else if (target === null && written !== address && address !== "") out.append(` (${address})`);
}

function urlOf(
  node: Link | LinkReference | Image | ImageReference,
  { definitions }: InlineContext,
): string | null {
  return "url" in node ? node.url : (definitions.get(definitionId(node)) ?? null);
}

/** Paragraphs that were wrapped by a program have lines at least this wide. */
const WRAPPED_LINE_COLUMNS = 60;

/**
 * A single line break in the source. In a paragraph wrapped to some width it is a space; but models write short lines
 * ("**Cause**", "Status: done", "✅ tests pass") and mean them, and a chat has no other way to show that than to keep the
 * break. The width of the line before tells which it is.
 */
function renderText(text: string, out: TextBuilder): void {
  for (const [index, line] of text.split(/[ \t]*\n[ \t]*/).entries()) {
    if (index > 0) {
      const before = out.currentLine();
      if (displayWidth(before) < WRAPPED_LINE_COLUMNS) out.breakLine(1);
      else if (!(EAST_ASIAN_END.test(before) && EAST_ASIAN_START.test(line))) out.append(" ");
    }
    out.append(line);
  }
}

/** Chinese and Japanese are written without spaces between words. */
const EAST_ASIAN_END = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\u3000-\u303f\uff00-\uffef]$/u;
const EAST_ASIAN_START = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\u3000-\u303f\uff00-\uffef]/u;
