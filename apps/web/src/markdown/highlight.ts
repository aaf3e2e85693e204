import type { RootContent } from "hast";
import { common, createLowlight } from "lowlight";

const lowlight = createLowlight(common);

/** The code as a tree of marked words; null when nothing is known of the language. */
export const highlight = (code: string, language: string): readonly RootContent[] | null =>
  lowlight.registered(language) ? lowlight.highlight(language, code).children : null;
