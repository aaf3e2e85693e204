import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useService } from "./service-fixture.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const service = useService();
const { run, runInChinese } = service;

const figures = { recallAt1: 0.5, recallAt5: 0.75, recallAt10: 1, meanReciprocalRank: 0.625, problem: null };
const words = { embedder: null, dims: null, ...figures };
const model = { embedder: "ollama/bge-m3", dims: 1024, ...figures, recallAt1: 0.9 };

test("is a table of all that were measured, side by side", async () => {
  service.double.on("evaluateMemory", () => ({ body: { pairs: 48, rows: [words, model] } }));
  const { code, stdout } = await run("memory", "eval", "--embedder", "bge-m3");
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "EMBEDDING MODEL     RECALL@1  RECALL@5  RECALL@10  MRR",
      "none (words alone)  0.50      0.75      1.00       0.63",
      "ollama/bge-m3       0.90      0.75      1.00       0.63",
      "48 questions. RECALL@k: share of those whose memory was among the first k; MRR: mean of 1 / rank.",
      "",
    ].join("\n"),
  );
  expect(service.double.callsOf("evaluateMemory")[0]?.body).toEqual({ embedders: ["bge-m3"] });
  expect((await runInChinese("memory", "eval")).stdout).toContain("无（仅关键词）");
});

test("one that could not be measured says why, and the exit code is not 0", async () => {
  const broken = { ...words, embedder: "ollama/x", problem: "HTTP 404: model not found" };
  service.double.on("evaluateMemory", () => ({ body: { pairs: 48, rows: [words, broken] } }));
  const { code, stdout } = await run("memory", "eval", "--embedder", "x");
  expect(code).toBe(1);
  expect(stdout).toContain("✗ ollama/x: HTTP 404: model not found");
});

test("takes one's own pairs from a file, and says what is wrong with it", async () => {
  const folder = temporaryDirectory("steward-eval-");
  const file = join(folder, "pairs.json");
  const pairs = [{ question: "when?", memory: { key: "k", content: "on Monday" } }];
  writeFileSync(file, JSON.stringify(pairs));
  service.double.on("evaluateMemory", () => ({ body: { pairs: 1, rows: [words] } }));
  expect((await run("memory", "eval", "--file", file, "--json")).stdout).toContain('"pairs":1');
  expect(service.double.callsOf("evaluateMemory").at(-1)?.body).toEqual({ pairs, embedders: [] });
  writeFileSync(file, '[{"question":""}]');
  const wrong = await run("memory", "eval", "--file", file);
  expect([wrong.code === 0, wrong.stderr.includes("0.question")]).toEqual([false, true]);
  expect((await run("memory", "eval", "--file", join(folder, "none.json"))).stderr).toContain("ENOENT");
});
