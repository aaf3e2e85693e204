import fc from "fast-check";
import { expect, test } from "vitest";
import { hostileMarkdown } from "../../test/entity-rules.ts";
import { expectSendable } from "../../test/sendable.ts";
import { renderMarkdown } from "./render.ts";
import { splitFormatted } from "./split.ts";

const DOCUMENTS = 10_000;
/** Always the same documents; `STEWARD_SEED` makes others. */
const SEED = Number(process.env.STEWARD_SEED ?? 4);

/** Mostly of a few constructs, one in fifty longer than a message: there are the cuts. */
const anyDocument = fc.oneof(
  { weight: 49, arbitrary: hostileMarkdown(40) },
  { weight: 1, arbitrary: hostileMarkdown(2_000, 1_500) },
);

test(`${DOCUMENTS} generated documents: every message can be sent, and nothing of them is lost or cut`, () => {
  let messages = 0;
  let cut = 0;
  fc.assert(
    fc.property(anyDocument, (markdown) => {
      const rendered = renderMarkdown(markdown);
      const parts = splitFormatted(rendered);
      expectSendable(parts, rendered.text);
      messages += parts.length;
      if (parts.length > 1) cut += 1;
    }),
    { numRuns: DOCUMENTS, seed: SEED },
  );
  // The generator reaches what it is for.
  expect(messages).toBeGreaterThan(DOCUMENTS * 0.8);
  expect(cut).toBeGreaterThan(100);
});
