import type { HostileWorld } from "./hostile-world.ts";

/** Something an agent that was talked into it would try. */
export interface HostileAction {
  /** Stable; the key of the published table. */
  readonly id: string;
  /** As the table names it. */
  readonly title: string;
  /**
   * Without a sandbox it must succeed, which shows that the test can see a success. `root`: only root's agent could;
   * `never`: something else of Steward's prevents it already.
   */
  readonly without: "succeeds" | "root" | "never";
  /** Does it with the agent's tools, and finds out, from outside, whether it worked. */
  attempt(world: HostileWorld): Promise<boolean>;
}

export const bash = (command: string): string =>
  `TOOL:Bash:${JSON.stringify({ command, description: "look around" })}`;
export const tool = (name: string, input: Record<string, unknown>): string =>
  `TOOL:${name}:${JSON.stringify(input)}`;

/** The agent learns what it must not know: the words come back with a tool's result. */
export const learns =
  (prompt: (world: HostileWorld) => string, words: (world: HostileWorld) => string) =>
  async (world: HostileWorld): Promise<boolean> =>
    (await world.ask(prompt(world))).includes(words(world));

/** The agent changes what it must not: `isChanged` looks afterwards, from outside. */
export const changes =
  (prompt: (world: HostileWorld) => string, isChanged: (world: HostileWorld) => boolean | Promise<boolean>) =>
  async (world: HostileWorld): Promise<boolean> => {
    await world.ask(prompt(world));
    return await isChanged(world);
  };

/** The agent reaches somebody: a call comes in. */
export const calls =
  (prompt: (world: HostileWorld) => string) =>
  async (world: HostileWorld): Promise<boolean> => {
    const before = world.callsReceived();
    await world.ask(prompt(world));
    return world.callsReceived() > before;
  };
