import { describe, expect, test } from "vitest";
import { renderMarkdown } from "../../src/formatting/render.ts";
import { renderParts } from "../../src/formatting/split.ts";
import { expectSendable } from "../sendable.ts";
import { CORPUS } from "./corpus.ts";
import { toGolden } from "./golden.ts";

/**
 * What becomes of each input stands in `goldens/`, to be read and judged by a person. After a change that is meant,
 * `npx vitest run test/corpus --update` writes them anew; the difference is what is to be reviewed.
 */
describe("the corpus of nasty inputs", () => {
  test.each(Object.entries(CORPUS))("%s", async (name, markdown) => {
    const parts = renderParts(markdown);
    expectSendable(parts, renderMarkdown(markdown).text);
    await expect(toGolden(parts)).toMatchFileSnapshot(`goldens/${name}.txt`);
  });
});
