import type { SearchStatus } from "@steward/contract/search-status";
import { expect, test } from "vitest";
import { useService } from "./service-fixture.ts";

const service = useService();
const { run, runInChinese } = service;

const none: SearchStatus = {
  ...{ choice: "looked_for", embedder: null, problem: null, vectorsProblem: null },
  ...{ active: null, coming: null },
};
const model = { model: "ollama/bge-m3", dims: 1024, done: 9, total: 10, problem: null };
const fine = { ...model, failing: { count: 0, first: [] } };
const answer = (status: SearchStatus) => service.double.on("getSearchStatus", () => ({ body: status }));

test("without a model it says by what is searched, and how to have one", async () => {
  answer(none);
  const { stdout } = await run("search", "status");
  expect(stdout).toContain("Search: keyword + fuzzy search (no embedding model configured)\n");
  expect(stdout).toContain("`ollama pull bge-m3` for Chinese");
  expect((await runInChinese("search", "status")).stdout).toContain("关键词 + 模糊匹配（未配置嵌入模型）");
  answer({ ...none, choice: "off" });
  expect((await run("search", "status")).stdout).toContain("STEWARD_EMBEDDER=off");
});

test("with one it says how far it is, and what stands in its way", async () => {
  answer({ ...none, choice: "configured", embedder: "ollama/bge-m3", active: fine });
  expect((await run("search", "status")).stdout).toBe(
    "Search: by meaning and by words, with ollama/bge-m3 (9 of 10 texts, 90 %)\n",
  );
  const problem = { code: "wrong_dimension", message: "768 numbers in place of 1024" } as const;
  const failing = {
    count: 2,
    first: [{ kind: "message" as const, ref: 7, attempts: 3, problem: "HTTP 500: NaN", retryAt: 1 }],
  };
  answer({
    ...{ ...none, choice: "configured", embedder: "ollama/bge-m3" },
    ...{ active: { ...model, problem, failing }, coming: { ...fine, model: "ollama/e5", done: 1 } },
  });
  const { stdout } = await run("search", "status");
  for (const part of [
    ...[
      "vectors of another length (768 numbers in place of 1024)",
      "→ Embed everything anew: steward search reindex",
    ],
    ...["2 texts could not be embedded (HTTP 500: NaN)", "being filled: ollama/e5 (1 of 10 texts, 10 %)"],
  ])
    expect(stdout).toContain(part);
  answer({ ...none, embedder: "ollama/bge-m3", problem: { code: "unavailable", message: "ECONNREFUSED" } });
  expect((await run("search", "status")).stdout).toContain("does not answer (ECONNREFUSED)");
  answer({ ...none, vectorsProblem: "vec0.so: no such file" });
  expect((await run("search", "status")).stdout).toContain("vector extension cannot be used: vec0.so");
});

test("--json is the answer of the service", async () => {
  answer(none);
  expect(JSON.parse((await run("search", "status", "--json")).stdout)).toEqual(none);
});

test("reindex begins, or says why it cannot", async () => {
  service.double.on("reindexSearch", () => ({
    status: 202,
    body: { ...none, choice: "configured", embedder: "ollama/bge-m3" },
  }));
  expect((await run("search", "reindex")).stdout).toContain("being embedded anew with ollama/bge-m3");
  service.double.on("reindexSearch", () => ({
    status: 409,
    body: { detail: "There is no embedding model", code: "no_embedder" },
  }));
  const refused = await run("search", "reindex");
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain("There is no embedding model");
});
