/** A question, and the memory that answers it. */
export interface EvaluationPair {
  readonly question: string;
  readonly memory: { readonly key: string; readonly content: string };
}
