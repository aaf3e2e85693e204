import { z } from "zod";
import { defineEndpoint, json } from "./endpoint.ts";
import { holdSchema } from "./holds.ts";
import { searchStatusSchema } from "./search-status.ts";
import { passedOverTotalSchema } from "./sessions.ts";

const componentSchema = z.object({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string().optional(),
});

export const readinessSchema = z.object({
  status: z.enum(["ready", "starting", "failing", "stopping"]),
  components: z.array(componentSchema),
});
export type Readiness = z.infer<typeof readinessSchema>;

/** The process is there. Public. */
export const healthz = defineEndpoint({
  method: "get",
  path: "/healthz",
  tags: ["health"],
  summary: "The process is alive",
  responses: { 200: json(z.object({ status: z.literal("ok") })) },
});

/** The process can do its work. Public; 503 with the failing component otherwise. */
export const readyz = defineEndpoint({
  method: "get",
  path: "/readyz",
  tags: ["health"],
  summary: "The service can do its work",
  responses: { 200: json(readinessSchema), 503: json(readinessSchema) },
});

/** The ancestor's watchdog probe. Public. */
export const legacyHealth = defineEndpoint({
  method: "get",
  path: "/health",
  tags: ["health"],
  summary: "Uptime and live sessions",
  responses: {
    200: json(
      z.object({
        status: z.literal("ok"),
        uptime_seconds: z.number().describe("one decimal"),
        active_sessions: z.int(),
      }),
    ),
  },
});

/** The ancestor's API probe: exactly `{status:"ok"}`. Public. */
export const legacyApiHealth = defineEndpoint({
  method: "get",
  path: "/api/health",
  tags: ["health"],
  summary: "The API answers",
  responses: { 200: json(z.object({ status: z.literal("ok") })) },
});

const sandboxSchema = z.object({
  setting: z.enum(["auto", "require", "off"]),
  active: z.boolean().describe("the CLI and all that it starts is shut in, which was proved at the start"),
  problem: z
    .enum(["platform", "missing", "broken", "refused", "leaks"])
    .nullable()
    .describe("why it is not active although it should be"),
  message: z.string().nullable().describe("one sentence for a person when it is not active"),
});
export type SandboxInfo = z.infer<typeof sandboxSchema>;

export const systemSchema = z.object({
  version: z.string(),
  mode: z.enum(["live", "demo"]),
  startedAt: z.int(),
  cli: z.object({
    found: z.boolean(),
    path: z.string().nullable(),
    version: z.string().nullable(),
    source: z.enum(["env", "path", "bundled"]).nullable(),
    login: z.string().nullable().describe("which login the CLI uses; null when none"),
    problem: z.string().nullable(),
  }),
  sandbox: sandboxSchema,
  sessions: z.object({ live: z.int(), max: z.int(), queued: z.int() }),
  /** What CLIs have said that could not be read, since the start. */
  passedOver: passedOverTotalSchema.default({
    badLines: 0,
    oversizeLines: 0,
    unknownEvents: 0,
    unknownTypes: [],
  }),
  /** How voice messages become text. */
  transcription: z
    .object({
      mode: z.enum(["off", "openai", "command"]),
      detail: z.string().describe("host and model, or the command"),
      problem: z.enum(["not_found"]).nullable(),
    })
    .default({ mode: "off", detail: "", problem: null }),
  search: z
    .object({
      vectorProblem: z
        .string()
        .nullable()
        .describe("why vectors cannot be compared: then words alone are searched"),
      waiting: z.int().describe("messages and memories that are not in the index yet"),
    })
    .default({ vectorProblem: null, waiting: 0 }),
  embedding: searchStatusSchema
    .nullable()
    .default(null)
    .describe("what searches go by; null = it does not say"),
  /** Why turns stand still, when they do. */
  holds: z.array(holdSchema).default([]),
  deadDeliveries: z.int().default(0).describe("what could not be delivered at all"),
  commandProblems: z
    .array(z.object({ file: z.string(), problem: z.string() }))
    .default([])
    .describe("files that are no own command, and why"),
});
export type SystemInfo = z.infer<typeof systemSchema>;

/** What runs here, for the banner and for `steward doctor`. */
export const system = defineEndpoint({
  method: "get",
  path: "/api/v1/system",
  tags: ["system"],
  summary: "Version, mode, Claude CLI and load",
  responses: { 200: json(systemSchema) },
});
