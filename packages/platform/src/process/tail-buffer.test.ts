import { expect, test } from "vitest";
import { createTailBuffer } from "./tail-buffer.ts";

test.each([1, 2, 3, 5, 10, 26])("keeps the last bytes, in order, for chunks of %i", (size) => {
  const tail = createTailBuffer(10);
  const all = "abcdefghijklmnopqrstuvwxyz";
  for (let at = 0; at < all.length; at += size) tail.push(Buffer.from(all.slice(at, at + size)));
  expect(tail.text()).toBe("qrstuvwxyz");
});

test("gives everything while it fits", () => {
  const tail = createTailBuffer(10);
  tail.push(Buffer.from("abc"));
  expect(tail.text()).toBe("abc");
});

test("does not begin in the middle of a character", () => {
  const tail = createTailBuffer(5);
  tail.push(Buffer.from("中文中文"));
  expect(tail.text()).toBe("文");
});
