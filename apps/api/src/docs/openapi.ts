import { ENDPOINTS } from "@steward/contract/endpoints";
import { errorBodySchema } from "@steward/contract/errors";
import { isPublic, provesInBody } from "../security/exceptions.ts";

/**
 * The OpenAPI document, made from the same records that are mounted. The generator is loaded only when somebody asks:
 * a running service does not need it.
 */
export async function buildOpenApiDocument(version: string): Promise<object> {
  const { OpenAPIHono } = await import("@hono/zod-openapi");
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  app.openAPIRegistry.registerComponent("securitySchemes", "basic", {
    type: "http",
    scheme: "basic",
    description: "Any user name; the token is the password",
  });
  for (const [operationId, endpoint] of Object.entries(ENDPOINTS)) {
    const method = endpoint.method.toUpperCase();
    const open = isPublic(method, endpoint.path) || provesInBody(method, endpoint.path);
    app.openAPIRegistry.registerPath({
      ...endpoint,
      operationId,
      security: open ? [] : [{ bearer: [] }, { basic: [] }],
      responses: {
        ...endpoint.responses,
        default: {
          description: "A refusal",
          content: { "application/json": { schema: errorBodySchema } },
        },
      },
    });
  }
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Steward",
      version,
      description: "Telegram as the remote control of your own Claude Code.",
    },
  });
}
