import { connect, type Server, type Socket } from "node:net";
import { createEgressProxy } from "./network/egress-proxy.ts";
import { joinSockets } from "./network/join-sockets.ts";
import { createPathDoor } from "./network/path-door.ts";
import type { SandboxRequest } from "./sandbox-request.ts";

/** The ways out of one sandbox: listening sockets in its network, served by us. */
export interface Doors {
  readonly ports: readonly number[];
  /** Takes over a listening socket that was opened inside. */
  take(port: number, door: Server): void;
  close(): void;
}

export function createDoors(request: Pick<SandboxRequest, "forwards" | "pathDoors" | "proxy">): Doors {
  const { forwards, proxy } = request;
  const pathDoors = new Map(request.pathDoors.map((door) => [door.port, createPathDoor(door)]));
  const egress = proxy === null ? null : createEgressProxy(proxy);
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
    ports: [
      ...forwards.map(({ port }) => port),
      ...pathDoors.keys(),
      ...(proxy === null ? [] : [proxy.port]),
    ],
    take(port, door) {
      doors.push(door);
      const target = forwards.find((each) => each.port === port)?.target;
      door.on("error", () => undefined);
      door.on("connection", (socket) => {
        socket.setNoDelay(true);
        if (target !== undefined) forward(socket, target);
        else (pathDoors.get(port) ?? egress)?.serve(socket);
      });
    },
    close() {
      for (const door of doors) door.close();
      for (const socket of open) socket.destroy();
      for (const door of pathDoors.values()) door.close();
      egress?.close();
    },
  };
}
