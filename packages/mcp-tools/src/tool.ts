import type { z } from "zod";

/** One tool: what a model reads of it, and what it does through a port. Nothing in it knows of a transport. */
export interface Tool<Port> {
  name: string;
  title: string;
  /** Read by the model: what it is for, when to use it. */
  description: string;
  input: z.ZodObject;
  /** Changes nothing. */
  readOnly: boolean;
  /** Called a second time with the same input it changes nothing more. */
  idempotent: boolean;
  /** Takes something away that was there. */
  destructive: boolean;
  /** Answers what the model reads, as JSON. Throws DomainError for what it can do something about. */
  call(port: Port, input: unknown): unknown;
}

/** The record with the input of its own schema: whoever calls it has parsed the arguments with that schema. */
export const defineTool = <Port, Input extends z.ZodObject>(
  tool: Omit<Tool<Port>, "input" | "call"> & {
    input: Input;
    call(port: Port, input: z.output<Input>): unknown;
  },
): Tool<Port> => ({ ...tool, call: (port, input) => tool.call(port, input as z.output<Input>) });
