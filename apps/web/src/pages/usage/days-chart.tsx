import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";

const AXIS = { fill: "var(--soft)", fontSize: 11 };

/** One bar per day. The same figures stand in a table for those who do not see it. */
const DaysChart = ({
  rows,
  name,
  format,
}: {
  rows: readonly { day: string; value: number }[];
  name: string;
  format: (value: number) => string;
}) => (
  <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 320, height: 224 }}>
    <BarChart data={[...rows]} margin={{ top: 8, right: 0, bottom: 0, left: 0 }} accessibilityLayer={false}>
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis dataKey="day" tick={AXIS} tickLine={false} axisLine={false} minTickGap={24} />
      <YAxis tick={AXIS} tickLine={false} axisLine={false} width={56} tickFormatter={format} />
      <Tooltip
        cursor={{ fill: "var(--hover)" }}
        isAnimationActive={false}
        formatter={(value) => [format(Number(value)), name]}
        contentStyle={{ background: "var(--raised)", border: "1px solid var(--line)", borderRadius: 8 }}
        labelStyle={{ color: "var(--soft)" }}
        itemStyle={{ color: "var(--ink)" }}
      />
      <Bar
        dataKey="value"
        fill="var(--accent)"
        radius={[3, 3, 0, 0]}
        isAnimationActive={false}
        maxBarSize={28}
      />
    </BarChart>
  </ResponsiveContainer>
);
export default DaysChart;
