import type { Clock, Timer } from "@steward/platform/clock";
import { CliError } from "../cli-driver.ts";
import { asObject, asText, type RawMessage } from "../codec/raw-message.ts";

/** Answers a question of the CLI's. A rejection becomes an error response. */
export type ControlHandler = (request: RawMessage, signal: AbortSignal) => Promise<RawMessage>;

export interface ControlChannelDeps {
  clock: Clock;
  /** Writes one object as a line; `false` when nobody will read it. */
  send(message: object): boolean;
  handle: ControlHandler;
}

/** Questions and answers between us and the CLI, in both directions, told apart by `request_id`. */
export interface ControlChannel {
  /**
   * @throws CliError `cli_request_timeout`, `cli_request_failed` (the CLI's own words in `detail`), `cli_exited`
   */
  request(request: { subtype: string } & RawMessage, timeoutMs: number): Promise<RawMessage>;
  /** Takes the message if it is one of ours to take: `control_request`, `control_response`, `control_cancel_request`. */
  receive(raw: RawMessage): boolean;
  /** The process has gone: our questions fail with `reason`, its own are withdrawn. */
  close(reason: CliError): void;
}

interface Waiting {
  timer: Timer;
  settle(response: RawMessage): void;
  fail(error: CliError): void;
}

export function createControlChannel(deps: ControlChannelDeps): ControlChannel {
  const ours = new Map<string, Waiting>();
  const theirs = new Map<string, AbortController>();
  let sent = 0;
  let closed: CliError | undefined;

  const receiveResponse = (response: RawMessage): void => {
    const id = asText(response.request_id) ?? "";
    const waiting = ours.get(id);
    // With --replay-user-messages the CLI also repeats our own answers; and an answer may come after its time.
    if (waiting === undefined) return;
    ours.delete(id);
    waiting.timer.cancel();
    if (response.subtype === "success") waiting.settle(asObject(response.response) ?? {});
    else waiting.fail(new CliError("cli_request_failed", asText(response.error) ?? "no reason given"));
  };

  const receiveRequest = (id: string, request: RawMessage): void => {
    const withdrawn = new AbortController();
    theirs.set(id, withdrawn);
    const respond = (response: object): void => {
      if (theirs.get(id) !== withdrawn) return;
      theirs.delete(id);
      deps.send({ type: "control_response", response: { request_id: id, ...response } });
    };
    deps.handle(request, withdrawn.signal).then(
      (response) => respond({ subtype: "success", response }),
      (error: unknown) => respond({ subtype: "error", error: String(error) }),
    );
  };

  return {
    request(request, timeoutMs) {
      return new Promise((resolve, reject) => {
        if (closed !== undefined) {
          reject(closed);
          return;
        }
        const id = `steward-${++sent}`;
        const timer = deps.clock.setTimer(timeoutMs, () => {
          ours.delete(id);
          reject(new CliError("cli_request_timeout", `${request.subtype}: no answer within ${timeoutMs} ms`));
        });
        ours.set(id, { timer, settle: resolve, fail: reject });
        // Nobody to read it means that the exit is on its way, which fails the request with its reason.
        deps.send({ type: "control_request", request_id: id, request });
      });
    },
    receive(raw) {
      switch (raw.type) {
        case "control_response":
          receiveResponse(asObject(raw.response) ?? {});
          return true;
        case "control_request":
          receiveRequest(asText(raw.request_id) ?? "", asObject(raw.request) ?? {});
          return true;
        case "control_cancel_request": {
          const id = asText(raw.request_id) ?? "";
          theirs.get(id)?.abort();
          theirs.delete(id);
          return true;
        }
        default:
          return false;
      }
    },
    close(reason) {
      closed = reason;
      for (const waiting of ours.values()) {
        waiting.timer.cancel();
        waiting.fail(reason);
      }
      ours.clear();
      for (const withdrawn of theirs.values()) withdrawn.abort();
      theirs.clear();
    },
  };
}
