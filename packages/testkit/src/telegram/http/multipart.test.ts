import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MultipartError, parseMultipart } from "./multipart.ts";

const type = 'multipart/form-data; boundary="a b"';
const parse = (text: string, contentType = type) => parseMultipart(Buffer.from(text), contentType);

describe("parseMultipart", () => {
  test("reads what an independent writer wrote, byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        // Clients do not agree on how to write a backslash.
        fc.string({ minLength: 1 }).filter((text) => !text.includes("\\")),
        async (bytes, name) => {
          const form = new FormData();
          form.set("field", "value");
          form.set("file", new Blob([Buffer.from(bytes)]), name);
          const request = new Response(form);
          const contentType = request.headers.get("content-type") ?? "";
          const [field, file] = parseMultipart(Buffer.from(await request.arrayBuffer()), contentType);
          expect(field).toMatchObject({ name: "field", strayHeaders: [] });
          expect(field?.data.toString()).toBe("value");
          expect(file).toMatchObject({ name: "file", filename: name, strayHeaders: [] });
          expect(file?.data.equals(Buffer.from(bytes))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    ["no boundary", "x", "multipart/form-data"],
    ["another boundary", "--b\r\n\r\n--b--", type],
    ["no end", '--a b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1', type],
    ["no header end", "--a b\r\nContent-Disposition: form-data\r\n--a b--", type],
    ["a part without a name", "--a b\r\nContent-Type: text/plain\r\n\r\n1\r\n--a b--", type],
  ])("refuses %s", (_title, body, contentType) => {
    expect(() => parse(body, contentType)).toThrow(MultipartError);
  });

  test("an unescaped quote or line break in a file name shows as a stray header", () => {
    const part = (disposition: string) =>
      parse(`--a b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n1\r\n--a b--`)[0]?.strayHeaders;
    expect(part('name="f"; filename="a"b.txt"')).toHaveLength(1);
    expect(part('name="f"; filename="a"\r\nX-Evil: 1')).toEqual(["X-Evil: 1"]);
    expect(part('name="f"; filename="a\\"b.txt"')).toEqual([]);
  });
});
