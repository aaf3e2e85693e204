import type { Definition, Nodes, Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

/** Addresses of `[text][id]` links, by normalised id. */
export type Definitions = ReadonlyMap<string, string>;

/**
 * GitHub-flavoured Markdown as a tree. A single tilde is a tilde ("~5 minutes"). What is still open at the end, as
 * while an answer is growing, closes by itself.
 */
export function parseMarkdown(markdown: string): { root: Root; definitions: Definitions } {
  const root = fromMarkdown(markdown, {
    extensions: [gfm({ singleTilde: false })],
    mdastExtensions: [gfmFromMarkdown()],
  });
  const definitions = new Map<string, string>();
  // Definitions may stand in quotes and lists, but hardly any text has one: look only when the source suggests it.
  if (markdown.includes("]:")) collectDefinitions(root, definitions);
  return { root, definitions };
}

function collectDefinitions(node: Nodes, found: Map<string, string>): void {
  if (node.type === "definition") {
    const id = definitionId(node);
    if (!found.has(id)) found.set(id, node.url);
  }
  if ("children" in node)
    for (const child of node.children as RootContent[]) collectDefinitions(child, found);
}

export const definitionId = ({ identifier }: Pick<Definition, "identifier">): string =>
  identifier.toUpperCase();
