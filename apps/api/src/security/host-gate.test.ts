import { describe, expect, test } from "vitest";
import { createHostGate } from "./host-gate.ts";

const listening = (port: number, configured: string[] = []) => {
  const gate = createHostGate(configured);
  gate.listensOn(port);
  return gate;
};

describe("the Host allow-list", () => {
  test.each(["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000"])("lets %s in", (host) => {
    expect(listening(8000).allows(host)).toBe(true);
  });

  test.each([
    undefined,
    "",
    "127.0.0.1",
    "localhost",
    "localhost.",
    "localhost.:8000",
    "localhost:8001",
    "127.0.0.1:80000",
    "127.0.0.2:8000",
    "0.0.0.0:8000",
    "[::]:8000",
    "::1:8000",
    "evil.example:8000",
    "localhost.evil.example:8000",
    "evil.example@localhost:8000",
    "localhost:8000, evil.example",
    " localhost:8000",
    "127.1:8000",
    "2130706433:8000",
  ])("keeps %j out", (host) => {
    expect(listening(8000).allows(host)).toBe(false);
  });

  test("knows the configured names, with our port and as a proxy hands them on", () => {
    const gate = listening(8000, ["Steward.Example", "box.lan:9000"]);
    expect(gate.allows("steward.example")).toBe(true);
    expect(gate.allows("steward.example:8000")).toBe(true);
    expect(gate.allows("box.lan:9000")).toBe(true);
    expect(gate.allows("box.lan")).toBe(false);
    expect(gate.allows("box.lan:8000")).toBe(false);
    expect(gate.allows("a.steward.example")).toBe(false);
  });

  test("takes a name without a port where the scheme implies ours", () => {
    expect(listening(80).allows("localhost")).toBe(true);
  });

  test("lets nobody in before the port is known", () => {
    expect(createHostGate([]).allows("localhost:8000")).toBe(false);
  });
});
