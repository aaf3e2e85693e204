import { ApiError } from "@steward/client/api-error";
import { Link } from "@tanstack/react-router";
import { useSay } from "../../texts/texts.tsx";

/** The memory that has the key already; null: something else was refused. */
export const takenBy = (error: unknown): number | null => {
  if (!(error instanceof ApiError) || error.code !== "memory_exists") return null;
  const id = Number(error.params.id);
  return Number.isSafeInteger(id) ? id : null;
};

/** What is written stays where it is while the other one is looked at. */
export const KeyTaken = ({ id }: { id: number }) => {
  const say = useSay();
  return (
    <>
      {say("memory.key_taken")}{" "}
      <Link from="/memories" search={(before) => ({ ...before, id })} className="font-medium underline">
        {say("memory.key_taken_open")}
      </Link>
    </>
  );
};
