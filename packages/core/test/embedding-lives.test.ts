import fc from "fast-check";
import { expect, test } from "vitest";
import { EmbedderError } from "../src/search/embedder.ts";
import { type EmbeddingRig, startEmbedding } from "./embedding-rig.ts";
import { createFakeEmbedder, unavailable } from "./fake-embedder.ts";

/** `STEWARD_RUNS` makes more, `STEWARD_SEED` replays one. */
const RUNS = Number(process.env.STEWARD_RUNS ?? 12);
const SEED = process.env.STEWARD_SEED === undefined ? {} : { seed: Number(process.env.STEWARD_SEED) };

type Step =
  | { what: "say" | "remember"; text: string; many: number }
  | { what: "edit" | "delete" | "move" | "forget"; at: number; text: string }
  | { what: "break"; how: "away" | "refuses" | "poison" | "length" | "nonsense" }
  | { what: "heal" | "restart" | "other model" | "anew" | "rest" };

const text = fc.oneof(
  fc.constantFrom(
    "hello",
    "poison here",
    "  ",
    "今天天气很好",
    "🎉🎉",
    "x".repeat(3_000),
    "A line. ".repeat(300),
  ),
  fc.string({ unit: "grapheme", maxLength: 40 }),
);
const at = fc.nat({ max: 60 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom("say", "remember"),
      text,
      many: fc.integer({ min: 1, max: 40 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constantFrom("edit", "delete", "move", "forget"), at, text }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant("break"),
      how: fc.constantFrom("away", "refuses", "poison", "length", "nonsense"),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ what: fc.constantFrom("heal", "restart", "other model", "anew", "rest") }),
  },
) as fc.Arbitrary<Step>;

test("row 44: after any life, at rest, the vectors are exactly those of the texts there are", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const embedders = [createFakeEmbedder("one", 16), createFakeEmbedder("two", 24)];
      let [current, other] = embedders;
      if (current === undefined || other === undefined) throw new Error("two embedders");
      let rig: EmbeddingRig = await startEmbedding([current, other]);
      let keys = 0;
      const heal = (): void => {
        for (const embedder of embedders) {
          embedder.before = () => undefined;
          embedder.dims = embedder.model === "one" ? 16 : 24;
        }
      };
      for (const each of steps) {
        switch (each.what) {
          case "say":
            for (let n = 0; n < each.many; n += 1) rig.say(`${each.text} ${n}`, `gw-b-${n % 3}`);
            break;
          case "remember":
            keys += 1;
            rig.remember(`key ${keys}`, each.text);
            break;
          case "edit":
            rig.run("UPDATE chat_messages SET content = ? WHERE id = ?", each.text, each.at);
            rig.run("UPDATE memories SET content = ? WHERE id = ?", each.text, each.at);
            break;
          case "delete":
            rig.run("DELETE FROM chat_messages WHERE id % 7 = ?", each.at % 7);
            break;
          case "move":
            rig.run("UPDATE chat_messages SET session_id = 'gw-b-9' WHERE id = ?", each.at);
            break;
          case "forget":
            rig.run("DELETE FROM memories WHERE id = ?", each.at);
            break;
          case "break":
            current.before = (texts) => {
              if (each.how === "away") unavailable();
              if (each.how === "refuses") throw new EmbedderError("refused", "HTTP 500");
              if (each.how === "nonsense") throw new EmbedderError("bad_answer", "NaN");
              if (each.how === "poison" && texts.some((one) => one.includes("poison")))
                throw new EmbedderError("refused", "HTTP 500");
            };
            if (each.how === "length") current.dims = 32;
            break;
          case "heal":
            heal();
            break;
          case "restart":
            rig = await rig.reboot(current, other);
            break;
          case "other model":
            [current, other] = [other, current];
            rig = await rig.reboot(current, other);
            break;
          case "anew":
            if (rig.pipeline.status().embedder !== null) rig.pipeline.reindex();
            break;
          case "rest":
            await rig.settle(120_000);
            break;
        }
        // Not everything is at rest before the next thing happens.
        await rig.settle(50);
      }
      heal();
      await rig.settle();
      // What was measured in another length for good has to be embedded anew, by the owner's word.
      if (rig.pipeline.status().active?.problem?.code === "wrong_dimension") rig.pipeline.reindex();
      await rig.settle();
      expect(rig.differences()).toEqual([]);
      expect(rig.pipeline.status()).toMatchObject({ coming: null, active: { problem: null } });
      expect(rig.all("SELECT 1 FROM embedding_queue")).toEqual([]);
      await rig.pipeline.stop();
    }),
    { numRuns: RUNS, ...SEED },
  );
}, 120_000);
