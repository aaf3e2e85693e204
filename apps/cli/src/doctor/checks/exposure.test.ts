import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { checkExposure, isLoopback, listeningAddresses } from "./exposure.ts";

const settings = { host: "127.0.0.1", port: 8000, openOnPurpose: false };

describe("checkExposure", () => {
  test("loopback alone is fine", () => {
    expect(checkExposure(settings, ["127.0.0.1", "::1"]).status).toBe("ok");
  });

  test("what really listens counts as much as the setting", () => {
    expect(checkExposure(settings, ["0.0.0.0"]).status).toBe("problem");
    expect(checkExposure({ ...settings, host: "192.168.1.5" }, []).status).toBe("problem");
  });

  test("meant so by the owner it is worth knowing, not a problem", () => {
    expect(checkExposure({ ...settings, host: "::", openOnPurpose: true }, ["::"]).status).toBe("warning");
  });
});

test.each([
  ["127.0.0.1", true],
  ["127.8.9.1", true],
  ["localhost", true],
  ["::1", true],
  ["[::1]", true],
  ["::ffff:127.0.0.1", true],
  ["0.0.0.0", false],
  ["::", false],
  ["10.0.0.1", false],
  ["127.0.0.1.example.com", false],
])("%s is loopback: %s", (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

describe("listeningAddresses", () => {
  // Lines as the kernel prints them, one per case; the second is a connection, not a listener.
  const tables: Record<string, string> = {
    "/proc/net/tcp": [
      "  sl  local_address rem_address   st tx_queue rx_queue",
      "   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000",
      "   1: 0100007F:1F40 0100007F:D431 01 00000000:00000000",
      "   2: 00000000:0016 00000000:0000 0A 00000000:00000000",
    ].join("\n"),
    "/proc/net/tcp6": [
      "  sl  local_address                         remote_address                        st",
      "   0: 00000000000000000000000000000000:1F40 00000000000000000000000000000000:0000 0A",
      "   1: 00000000000000000000000001000000:1F40 00000000000000000000000000000000:0000 0A",
      "   2: 0000000000000000FFFF00000100007F:1F40 00000000000000000000000000000000:0000 0A",
    ].join("\n"),
  };

  test("reads the kernel's tables", () => {
    expect(listeningAddresses(8000, (path) => tables[path] ?? "")).toEqual([
      "127.0.0.1",
      "::",
      "::1",
      "::ffff:127.0.0.1",
    ]);
  });

  const isLinux = process.platform === "linux";
  if (!isLinux) console.warn("no /proc on this machine: its own sockets are not looked for");
  test.runIf(isLinux)("finds a socket of this process", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(listeningAddresses(port)).toEqual(["127.0.0.1"]);
    await new Promise((resolve) => server.close(resolve));
  });
});
