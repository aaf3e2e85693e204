import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";

export const MAX_EVALUATION_PAIRS = 1_000;

const evaluationPairSchema = z.object({
  question: z.string().min(1).max(2_000),
  memory: z.object({ key: z.string().max(200).default(""), content: z.string().min(1).max(20_000) }),
});

export const evaluationPairsSchema = z.array(evaluationPairSchema).min(1).max(MAX_EVALUATION_PAIRS);

const share = z.number().min(0).max(1);
const evaluationRowSchema = z.object({
  embedder: z.string().nullable().describe("null = without one, by words alone"),
  dims: z.int().nullable(),
  recallAt1: share.describe("share of the questions whose memory was found first"),
  recallAt5: share,
  recallAt10: share,
  meanReciprocalRank: share,
  problem: z.string().nullable().describe("why it could not be measured"),
});

export const evaluationSchema = z.object({
  pairs: z.int(),
  rows: z.array(evaluationRowSchema),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

/** Measures on pairs of the caller's, or a sample set in English and Chinese; changes nothing. Takes as long as embedding does. */
export const evaluateMemory = defineEndpoint({
  method: "post",
  path: "/api/v1/memory/eval",
  tags: ["search"],
  summary: "How well memories are found: with the embedder in use, by words alone, and with others",
  request: {
    body: jsonBody(
      z.object({
        pairs: evaluationPairsSchema.optional(),
        embedders: z
          .array(z.string().min(1).max(200))
          .max(4)
          .default([])
          .describe("models of the embedder that is set up, besides the one in use"),
      }),
    ),
  },
  responses: { 200: json(evaluationSchema) },
});
