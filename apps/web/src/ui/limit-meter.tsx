import { Meter } from "@base-ui/react/meter";
import { classes } from "./classes.ts";

/** How much of what may be used is. @param part 1 = all of it */
export const LimitMeter = ({
  part,
  label,
  className,
}: {
  part: number;
  label: string;
  className: string;
}) => (
  <Meter.Root value={Math.min(100, Math.round(part * 100))} aria-label={label} className={className}>
    <Meter.Track className="h-2 overflow-hidden rounded-full bg-hover">
      <Meter.Indicator
        className={classes(
          "h-full rounded-full",
          part >= 0.9 ? "bg-bad" : part >= 0.7 ? "bg-warn" : "bg-accent",
        )}
      />
    </Meter.Track>
  </Meter.Root>
);
