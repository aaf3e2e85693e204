import { ENDPOINTS } from "@steward/contract/endpoints";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createApiFixture } from "./api-fixture.ts";

const documentSchema = z.object({
  openapi: z.string(),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({ operationId: z.string(), security: z.array(z.record(z.string(), z.array(z.string()))) }),
    ),
  ),
});

describe("the OpenAPI document", () => {
  test("lists every endpoint of the contract, and which of them need no token", async () => {
    const api = await createApiFixture();
    const response = await api.fetch("/openapi.json");
    expect(response.status).toBe(200);
    const document = documentSchema.parse(await response.json());
    expect(document.openapi).toBe("3.1.0");
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(ENDPOINTS).sort());
    const open = operations
      .filter(({ security }) => security.length === 0)
      .map(({ operationId }) => operationId);
    expect(open.sort()).toEqual(["healthz", "legacyApiHealth", "legacyHealth", "readyz", "signIn"]);
  });

  test("describes bodies, parameters and answers by their schemas", async () => {
    const api = await createApiFixture();
    const text = await (await api.fetch("/openapi.json")).text();
    const document = JSON.parse(text);
    const send = document.paths["/api/gateway/send"].post;
    expect(send.requestBody.content["application/json"].schema.required).toEqual(["chat_id", "message"]);
    expect(send.responses["200"].content["application/json"].schema.properties).toHaveProperty("session_key");
    const session = document.paths["/api/chat/sessions/{session_id}"].get;
    expect(session.parameters.map(({ name }: { name: string }) => name)).toEqual(["session_id", "limit"]);
  });
});

describe("the documentation page", () => {
  test("loads only its own files and has no inline code", async () => {
    const api = await createApiFixture();
    const response = await api.fetch("/docs");
    expect(response.headers.get("content-type")).toContain("text/html");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    const html = await response.text();
    expect(html).not.toMatch(/https?:|<script>|<style|onload=|style=/);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? "");
    expect(files.filter((file) => !file.startsWith("docs/"))).toEqual(["data:,"]);
    for (const file of files.filter((each) => each.startsWith("docs/"))) {
      const asset = await api.fetch(`/${file}`);
      expect(asset.status).toBe(200);
      expect(asset.headers.get("x-content-type-options")).toBe("nosniff");
      expect((await asset.text()).length).toBeGreaterThan(100);
    }
  });

  test("finds its files with a trailing slash, too", async () => {
    const api = await createApiFixture();
    const html = await (await api.fetch("/docs/")).text();
    expect(html).toContain('src="page.js"');
  });

  test("hands out nothing else", async () => {
    const api = await createApiFixture();
    for (const file of ["package.json", "..%2fpackage.json", "index.html", "%2e%2e"]) {
      expect((await api.fetch(`/docs/${file}`)).status).toBe(404);
    }
  });
});
