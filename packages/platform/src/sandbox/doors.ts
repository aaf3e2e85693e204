import { connect, type Server, type Socket } from "node:net";
import { createEgressProxy, type EgressProxy } from "./network/egress-proxy.ts";
import { joinSockets } from "./network/join-sockets.ts";
import type { SandboxRequest } from "./sandbox-request.ts";

/** The ways out of one sandbox: listening sockets in its network, served by us. */
export interface Doors {
  readonly ports: readonly number[];
  /** Takes over a listening socket that was opened inside. */
  take(port: number, door: Server): void;
  close(): void;
}

export function createDoors(request: Pick<SandboxRequest, "forwards" | "proxy">): Doors {
  const { forwards, proxy } = request;
  const egress: EgressProxy | null = proxy === null ? null : createEgressProxy(proxy);
  const open = new Set<{ destroy(): void }>();
  const doors: Server[] = [];

  const forward = (inside: Socket, target: { host: string; port: number }): void => {
    const outside = connect(target);
    open.add(inside);
    open.add(outside);
    inside.once("close", () => open.delete(inside));
    outside.once("close", () => open.delete(outside));
    joinSockets(inside, outside);
  };

  return {
    ports: [...forwards.map(({ port }) => port), ...(proxy === null ? [] : [proxy.port])],
    take(port, door) {
      doors.push(door);
      const target = forwards.find((each) => each.port === port)?.target;
      door.on("error", () => undefined);
      door.on("connection", (socket) => {
        socket.setNoDelay(true);
        if (target !== undefined) forward(socket, target);
        else egress?.serve(socket);
      });
    },
    close() {
      for (const door of doors) door.close();
      for (const socket of open) socket.destroy();
      egress?.close();
    },
  };
}
