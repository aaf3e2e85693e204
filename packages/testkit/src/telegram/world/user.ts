/** A person. */
export interface User {
  readonly id: number;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly language_code?: string;
  /** A deleted account: every write to it is refused. */
  deactivated: boolean;
}
