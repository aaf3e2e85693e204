import type { Delivery } from "@steward/contract/deliveries";
import { expect, test } from "vitest";
import { deliveryOf } from "../../test/tiny-steward.ts";
import { albumWith } from "./file-album.ts";

const MB = 1_048_576;
let n = 0;
const file = (mediaType: string, more: Partial<Delivery> = {}, bytes = 10): Delivery => {
  const name = `${n++}`;
  const summary = {
    id: `0193f0a2-7c11-7000-8000-${name.padStart(12, "0")}`,
    direction: "out" as const,
    name,
  };
  return deliveryOf({
    kind: "file",
    text: name,
    file: { ...summary, mediaType, bytes, path: `outbox/sent/${name}` },
    createdAt: 1_000,
    nextAt: 1_000,
    ...more,
  });
};
const png = (more: Partial<Delivery> = {}, bytes?: number) => file("image/png", more, bytes);
const count = (first: Delivery, ...next: Delivery[]): number => albumWith(first, next, 2_000).length;

test("photos and videos go together, documents among themselves, in their order", () => {
  expect(count(png(), png(), file("video/mp4"), png())).toBe(3);
  expect(count(file("text/plain"), file("application/pdf"), png())).toBe(1);
  expect(count(png(), file("text/plain"), png())).toBe(0);
});

test("a picture that is too large to be shown is a document", () => {
  expect(count(png({}, 11 * MB), file("text/plain"))).toBe(1);
  expect(count(png(), png({}, 11 * MB))).toBe(0);
});

test("ten at most, and no more than one request may hold", () => {
  expect(count(png(), ...Array.from({ length: 20 }, () => png()))).toBe(9);
  expect(
    count(file("text/plain", {}, 20 * MB), file("text/plain", {}, 20 * MB), file("text/plain", {}, 20 * MB)),
  ).toBe(1);
});

test("only what one answer sends, what is due, and what was not begun before", () => {
  expect(count(png(), png({ createdAt: 1_001 }))).toBe(0);
  expect(count(png(), png({ replyToMessageId: 8 }))).toBe(0);
  expect(count(png(), png({ nextAt: 3_000 }))).toBe(0);
  expect(count(png(), png({ state: "sending" }))).toBe(0);
  expect(count(png({ state: "sending" }), png())).toBe(0);
  expect(count(png(), deliveryOf({ kind: "notice", createdAt: 1_000 }), png())).toBe(0);
});
