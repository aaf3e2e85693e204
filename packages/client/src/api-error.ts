import type { ErrorBody } from "@steward/contract/errors";

/** The API answered, and the answer is a refusal or not what its record promises. */
export class ApiError extends Error {
  readonly status: number;
  /** A code of the contract; `invalid_response` when the answer could not be understood. */
  readonly code: string;
  /** A sentence, or the list of problems of a `validation_failed`. */
  readonly detail: ErrorBody["detail"];
  /** For the sentence of the code in the reader's own language. */
  readonly params: NonNullable<ErrorBody["params"]>;
  /** The answer's body as it came: some endpoints tell more than a code in it (readiness). */
  readonly body: unknown;

  constructor(facts: {
    status: number;
    code: string;
    detail: ErrorBody["detail"];
    params?: ErrorBody["params"];
    body?: unknown;
  }) {
    super(typeof facts.detail === "string" ? facts.detail : describeProblems(facts.detail));
    this.name = "ApiError";
    this.status = facts.status;
    this.code = facts.code;
    this.detail = facts.detail;
    this.params = facts.params ?? {};
    this.body = facts.body;
  }
}

/** No answer: nobody listens, the connection broke, or it took too long. Nothing is known about what was done. */
export class ApiUnreachable extends Error {
  constructor(cause: unknown) {
    super(`The Steward API could not be reached: ${describeCause(cause)}`, { cause });
    this.name = "ApiUnreachable";
  }
}

const describeProblems = (problems: Exclude<ErrorBody["detail"], string>): string =>
  problems.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`).join("; ");

/** `fetch` says only "fetch failed"; the reason stands in the cause. */
const describeCause = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? describeCause(cause.cause) : cause.message;
};
