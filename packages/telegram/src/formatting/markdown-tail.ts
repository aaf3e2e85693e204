/**
 * The end of a growing Markdown text, at most about `maxUnits` long, from the beginning of a block on. A code block that
 * the cut goes through is opened again, so that the rest still reads as code. For showing progress, where rendering
 * everything again for each frame would cost more with every word.
 */
export function markdownTail(markdown: string, maxUnits: number): string {
  if (markdown.length <= maxUnits) return markdown;
  const earliest = markdown.length - maxUnits;
  const blank = markdown.indexOf("\n\n", earliest);
  const line = markdown.indexOf("\n", earliest);
  const near = (at: number): boolean => at !== -1 && at - earliest < maxUnits / 2;
  const from = near(blank) ? blank + 2 : near(line) ? line + 1 : afterSurrogate(markdown, earliest);
  const fence = openFence(markdown.slice(0, from));
  const tail = markdown.slice(from);
  return fence === null ? tail : `${fence}\n${tail}`;
}

function afterSurrogate(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(at)) ? at + 1 : at;
}

/** The line that opened the code block which a text ends in; null when it ends outside of one. */
function openFence(markdown: string): string | null {
  let open: { line: string; fence: string } | null = null;
  for (const [line, fence = "", info = ""] of markdown.matchAll(/^[ \t]*(`{3,}|~{3,})(.*)$/gm)) {
    if (open === null) {
      // A line of backticks with a backtick behind is inline code.
      if (!(fence.startsWith("`") && info.includes("`"))) open = { line: line.trimStart(), fence };
    } else if (fence.startsWith(open.fence) && info.trim() === "") {
      open = null;
    }
  }
  return open?.line ?? null;
}
