/** What holds the place of something that is missing, so that nothing else can be put there. */
export type Placeholder = { kind: "directory" } | { kind: "file"; content: string };

/**
 * A name that must stay what it is while an agent works around it. Read-only inside; what is missing gets the placeholder
 * for as long as anybody needs it; without one it may be made. A link is not followed, and so not mounted.
 */
export interface GuardedPath {
  /** Absolute. */
  path: string;
  placeholder: Placeholder | null;
}
