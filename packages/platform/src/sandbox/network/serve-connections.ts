import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Serves connections that are handed to it. It listens nowhere itself. */
export interface ConnectionServer {
  serve(socket: Socket): void;
  /** Ends the connections that are open. */
  close(): void;
}

/** @param server what answers on the connections; it must not listen */
export function serveConnections(server: Server): ConnectionServer {
  const sockets = new Set<Socket>();
  return {
    serve(socket) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      server.emit("connection", socket);
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
