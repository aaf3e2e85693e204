import type { ServerResponse } from "node:http";
import {
  formatEventId,
  type TurnEvent,
  type TurnEventBody,
  turnEventSchema,
} from "@steward/contract/turn-events";
import type { StewardDouble } from "./steward-double.ts";

type Step = TurnEventBody | (() => Promise<void>);

/**
 * One turn of a {@link StewardDouble}: it is accepted under its key, and its events are told in order. Each event is a
 * committed chunk of its own, so a reconnect resumes behind the last one that arrived. A function among the steps is
 * waited for the first time it is passed.
 */
export class TurnScript {
  readonly id: string;
  readonly #steps: readonly Step[];
  readonly #passed = new Set<Step>();

  constructor(id: string, steps: readonly Step[]) {
    this.id = id;
    this.#steps = steps;
  }

  async stream(response: ServerResponse, lastEventId: string | undefined): Promise<void> {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("retry: 20\n\n");
    const after = Number(lastEventId?.split(":")[1] ?? 0);
    let n = 0;
    for (const step of this.#steps) {
      if (typeof step === "function") {
        if (!this.#passed.has(step)) await step();
        this.#passed.add(step);
        continue;
      }
      n++;
      if (n <= after) continue;
      if (response.destroyed) return;
      const event = turnEventSchema.parse({ v: 1, turnId: this.id, at: 0, ...step } satisfies TurnEvent);
      response.write(`id: ${formatEventId(this.id, n)}\ndata: ${JSON.stringify(event)}\n\n`);
      if (event.type === "final") response.end();
    }
  }
}

/** Lets a double accept these turns, one submission after the other (the same key is the same turn). */
export function scriptTurns(double: StewardDouble, scripts: readonly TurnScript[]): void {
  const byKey = new Map<string, TurnScript>();
  double.on("submitTurn", ({ headers }) => {
    const key = String(headers["idempotency-key"]);
    const known = byKey.get(key);
    const script = known ?? scripts[byKey.size];
    if (script === undefined) throw new Error("More prompts than the test has scripts for");
    byKey.set(key, script);
    return { body: { turnId: script.id, state: "queued", duplicate: known !== undefined } };
  });
  double.on("turnEvents", async ({ params, headers }, response) => {
    const script = scripts.find(({ id }) => id === params.turnId);
    if (script === undefined) return { status: 404, body: { detail: "No such turn", code: "not_found" } };
    await script.stream(response, headers["last-event-id"]?.toString());
    return undefined;
  });
}
