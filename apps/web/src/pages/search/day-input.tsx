import { useEffect, useState } from "react";
import { startOfDay } from "./days.ts";

/** A day, as it stands in the address. While it is being written it is none yet, and nothing changes. */
export const DayInput = ({
  day,
  choose,
}: {
  day: string | undefined;
  choose: (day: string | undefined) => void;
}) => {
  const [value, setValue] = useState(day ?? "");
  useEffect(() => setValue(day ?? ""), [day]);
  return (
    <input
      type="date"
      value={value}
      max="9999-12-31"
      onChange={({ target }) => {
        setValue(target.value);
        if (target.value === "" && target.validity.valid) choose(undefined);
        else if (startOfDay(target.value) !== null) choose(target.value);
      }}
      className="h-9 w-full min-w-0 rounded-lg border border-strong-line bg-surface px-2.5 text-sm font-normal text-ink"
    />
  );
};
