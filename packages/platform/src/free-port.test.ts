import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "./free-port.ts";

test("a free port can be listened on, and is none that the system hands out", async () => {
  const handedOut = process.platform === "linux" ? "/proc/sys/net/ipv4/ip_local_port_range" : null;
  const lowest = handedOut === null ? 49_152 : Number(readFileSync(handedOut, "utf8").split(/\s+/)[0]);
  for (let i = 0; i < 50; i++) {
    const port = await freePort();
    expect(port).toBeLessThan(lowest);
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
  }
});
