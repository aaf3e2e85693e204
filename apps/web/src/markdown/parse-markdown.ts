import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

/** Longer ones are hardly read in a chat, and take too long. */
const LONGEST = 200_000;
/** Quotes and lists within each other at the beginning of one line: each costs the parser all that stands behind it. */
const MOST_CONTAINERS = 40;
/** Blanks at the beginning of a line: lists within each other, line by line. */
const MOST_INDENTED = 160;
/** Marks of emphasis and links that may wait for their other half. */
const MOST_MARKS = 4_000;
const TAB = 4;
const MARKS: ReadonlySet<string> = new Set("*_[`");
/** What may stand before the words of a line. */
const BEGINNING = /[\s\d.)>+*-]/;
/** A tree is drawn by going down it. */
const DEEPEST = 150;

/** Whether the parser gets through it in a moment. What an agent or a page writes may be made to keep it busy (threat T13). */
const isParsable = (markdown: string): boolean => {
  if (markdown.length > LONGEST) return false;
  let containers = 0;
  let marks = 0;
  let blanks = 0;
  let isBeginning = true;
  let before = "\n";
  for (const character of markdown) {
    if (character === "\n") {
      containers = 0;
      blanks = 0;
      isBeginning = true;
    } else if (isBeginning) {
      blanks += character === "\t" ? TAB : character === " " ? 1 : 0;
      if (blanks > MOST_INDENTED) return false;
      // A quote opens with its mark alone, an entry of a list with the blank behind its mark.
      const opens = character === ">" || (character === " " && "-+*.)".includes(before));
      if (opens && ++containers > MOST_CONTAINERS) return false;
      isBeginning = BEGINNING.test(character);
    }
    if (MARKS.has(character) && ++marks > MOST_MARKS) return false;
    before = character;
  }
  return true;
};

const isShallow = (node: Nodes, depth = 0): boolean =>
  depth < DEEPEST && (!("children" in node) || node.children.every((child) => isShallow(child, depth + 1)));

/**
 * GitHub-flavoured Markdown as a tree; raw HTML in it stays text. A single tilde is a tilde ("~5 minutes"). Null: it is to be
 * shown as it was written.
 */
export const parseMarkdown = (markdown: string): Root | null => {
  if (!isParsable(markdown)) return null;
  try {
    const root = fromMarkdown(markdown, {
      extensions: [gfm({ singleTilde: false })],
      mdastExtensions: [gfmFromMarkdown()],
    });
    return isShallow(root) ? root : null;
  } catch {
    // Too deep for its own recursion.
    return null;
  }
};
