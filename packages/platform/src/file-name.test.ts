import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sanitizeFileName } from "./file-name.ts";

describe("sanitizeFileName", () => {
  test.each([
    ["report.pdf", "report.pdf"],
    ["../../etc/passwd", "_.._etc_passwd"],
    ['a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"],
    [".bashrc", "bashrc"],
    ["...", "file_"],
    ["", "file_"],
    ["   ", "file_"],
    ["name. . ", "name"],
    ["CON", "file_CON"],
    ["con.txt", "file_con.txt"],
    ["COM¹.log", "file_COM¹.log"],
    ["console.txt", "console.txt"],
    ["invoice\u202Efdp.exe", "invoice_fdp.exe"],
    ["a\u0000b\nc", "a_b_c"],
    ["u\u0308ber.txt", "über.txt"],
    ["日本語 ファイル.txt", "日本語 ファイル.txt"],
    ["family👨‍👩‍👧.png", "family👨‍👩‍👧.png"],
    ["half\ud83d.txt", "half_.txt"],
  ])("%j becomes %j", (name, expected) => {
    expect(sanitizeFileName(name)).toBe(expected);
  });

  test("a long name is cut to 180 bytes and keeps its extension", () => {
    expect(sanitizeFileName(`${"x".repeat(300)}.tar.gz`)).toBe(`${"x".repeat(173)}.tar.gz`);
    const wide = sanitizeFileName(`${"漢".repeat(100)}.pdf`);
    expect(Buffer.byteLength(wide)).toBeLessThanOrEqual(180);
    expect(wide).toMatch(/^漢+\.pdf$/);
  });

  test("whatever comes in, the result is one safe path segment, and stays as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
        const safe = sanitizeFileName(name);
        expect(safe.length).toBeGreaterThan(0);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(180);
        expect(safe).not.toMatch(/[\p{Cc}\p{Cs}/\\:*?"<>|\u202a-\u202e\u2066-\u2069]/u);
        expect(safe).not.toMatch(/^[.\s]|[.\s]$/);
        expect(sanitizeFileName(safe)).toBe(safe);
      }),
    );
  });
});
