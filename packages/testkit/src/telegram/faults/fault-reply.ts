import { ApiError } from "../api-error.ts";
import type { Fault } from "./faults.ts";

/** What goes out on the wire instead of an answer. */
export type FaultReply =
  | { kind: "error"; error: ApiError }
  | { kind: "html"; status: number; html: string }
  | { kind: "hang" }
  | { kind: "disconnect" };

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  "400": "Bad Request: injected fault",
  "401": "Unauthorized",
  "403": "Forbidden: bot was blocked by the user",
  "404": "Not Found",
  "409": "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  "500": "Internal Server Error",
  "502": "Bad Gateway",
};

const PAGES: Readonly<Record<string, string>> = {
  "400": "400 Bad Request",
  "403": "403 Forbidden",
  "404": "404 Not Found",
  "413": "413 Request Entity Too Large",
};

const pageOf = (status: string): string => {
  const title = PAGES[status] ?? status;
  return [
    "<html>",
    `<head><title>${title}</title></head>`,
    `<body><center><h1>${title}</h1></center><hr><center>nginx/1.18.0</center></body>`,
    "</html>",
  ].join("\r\n");
};

/** Does the call still take effect under this fault? */
export const takesEffect = (fault: Fault | undefined): boolean =>
  fault === undefined ||
  fault.kind === "slow" ||
  fault.kind === "throttled" ||
  fault.kind === "cut" ||
  fault.kind.endsWith("-after-accept");

/** What the caller gets in place of the answer; undefined when it gets the answer itself. */
export function faultReply(fault: Fault): FaultReply | undefined {
  switch (fault.kind) {
    case "slow":
    case "throttled":
    case "cut":
      return undefined;
    case "hang":
    case "hang-after-accept":
      return { kind: "hang" };
    case "disconnect-before":
    case "disconnect-after-accept":
      return { kind: "disconnect" };
    case "html400":
    case "html403":
    case "html404":
    case "html413": {
      const status = fault.kind.slice("html".length);
      return { kind: "html", status: Number(status), html: pageOf(status) };
    }
    case "429": {
      const retryAfter = fault.retryAfter ?? 1;
      const description = fault.description ?? `Too Many Requests: retry after ${retryAfter}`;
      const parameters = { retry_after: retryAfter, ...fault.parameters };
      return { kind: "error", error: new ApiError(429, description, { parameters }) };
    }
    default: {
      const description = fault.description ?? DESCRIPTIONS[fault.kind] ?? "injected fault";
      const options = fault.parameters === undefined ? {} : { parameters: fault.parameters };
      return { kind: "error", error: new ApiError(Number(fault.kind), description, options) };
    }
  }
}
