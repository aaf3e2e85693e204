import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";
import { chatAddressSchema, repeatableHeaders, userIdSchema } from "./ids.ts";

/** `none` and `list` are words of the commands that take a project's name. */
const RESERVED_NAMES: readonly string[] = ["none", "list"];

export const projectNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/,
    "must be 1 to 40 letters, digits, dots, underscores or hyphens, a letter or digit first",
  )
  .refine((name) => !RESERVED_NAMES.includes(name.toLowerCase()), "is a word of the commands; choose another")
  .describe("A project's name; capital and small letters are the same");

export const projectSchema = z.object({
  name: z.string(),
  path: z.string().describe("absolute, links resolved"),
  isGit: z.boolean(),
  exists: z.boolean().describe("the directory is there right now"),
  chats: z.int().describe("how many chats start their conversations there"),
  createdAt: z.int(),
});
export type Project = z.infer<typeof projectSchema>;

export const listProjects = defineEndpoint({
  method: "get",
  path: "/api/v1/projects",
  tags: ["projects"],
  summary: "The directories that conversations may work in",
  responses: { 200: json(z.array(projectSchema)) },
});

/** Never inside or above the data directory, never `/`; $HOME or a directory above it only with `force`. */
export const addProject = defineEndpoint({
  method: "post",
  path: "/api/v1/projects",
  tags: ["projects"],
  summary: "List a directory for conversations to work in",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      z.object({
        path: z.string().min(1).max(4_096).describe("absolute path of an existing directory"),
        name: projectNameSchema.optional().describe("default: the directory's name"),
        force: z.boolean().default(false).describe("also $HOME itself, or a directory above it"),
      }),
    ),
  },
  responses: { 200: json(projectSchema) },
});

/** Takes it off the list; the directory stays as it is. Conversations in it answer with an error until it is back. */
export const removeProject = defineEndpoint({
  method: "delete",
  path: "/api/v1/projects/{name}",
  tags: ["projects"],
  summary: "Take a directory off the list",
  request: { headers: repeatableHeaders, params: z.object({ name: projectNameSchema }) },
  responses: { 200: json(z.object({ removed: z.boolean() })) },
});

/**
 * `shared_directory`: another chat works in the same directory. `uncommitted_changes`: they are not in the new
 * worktree, which begins at the last commit.
 */
export const PROJECT_WARNINGS = ["shared_directory", "uncommitted_changes"] as const;

export const chosenProjectSchema = z.object({
  project: z.string().nullable().describe("null = the chat's own workspace"),
  conversationId: z.string(),
  cwd: z.string(),
  branch: z.string().nullable().describe("of the conversation's own worktree"),
  warnings: z.array(z.enum(PROJECT_WARNINGS)),
});
export type ChosenProject = z.infer<typeof chosenProjectSchema>;

/** Starts a new conversation there; the old one can be resumed. Refused while a turn runs or waits. */
export const chooseProject = defineEndpoint({
  method: "put",
  path: "/api/v1/chats/project",
  tags: ["projects"],
  summary: "Choose where a chat's conversations work",
  request: {
    headers: repeatableHeaders,
    body: jsonBody(
      chatAddressSchema.extend({
        project: projectNameSchema.nullable().describe("null = the chat's own workspace"),
        worktree: z.boolean().default(false).describe("each conversation in a git worktree of its own"),
        userId: userIdSchema
          .optional()
          .describe("the person of the bot who asks: must be its owner or an admin"),
      }),
    ),
  },
  responses: { 200: json(chosenProjectSchema) },
});
