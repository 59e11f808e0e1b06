import { useMemo } from "react";
import { Area, AreaChart, CartesianGrid, XAxis, YAxis } from "recharts";
import type { Sample } from "@/api/types";
import { ChartContainer, ChartTooltip, ChartTooltipContent } from "@/components/ui/chart";
import { seriesOf, timeTicks, type Series } from "@/features/devices/series";
import { clockTime, exactTime } from "@/lib/format";

interface DeviceChartsProps {
  samples: Sample[];
  from: number;
  to: number;
}

/** One small chart a series, all on the same time axis and with one cursor. */
export default function DeviceCharts({ samples, from: asked, to }: DeviceChartsProps) {
  // A device that is younger than the range fills the chart all the same.
  const from = Math.max(asked, Date.parse(samples[0]?.at ?? "") || asked);
  const series = useMemo(() => seriesOf(samples), [samples]);
  const data = useMemo(
    () =>
      samples.map((sample) => ({
        at: Date.parse(sample.at),
        heap: sample.freeHeapBytes,
        rssi: sample.rssiDbm,
        uptime: sample.uptimeMs,
        ...Object.fromEntries(Object.entries(sample.values ?? {}).map(([name, value]) => [`v:${name}`, value])),
      })),
    [samples],
  );
  return (
    <div className="flex flex-col">
      {series.map((entry, i) => (
        <SeriesChart key={entry.key} series={entry} data={data} from={from} to={to} last={i === series.length - 1} />
      ))}
    </div>
  );
}

function SeriesChart({ series, data, from, to, last }: { series: Series; data: Record<string, number | null>[]; from: number; to: number; last: boolean }) {
  const color = `var(--chart-${series.color})`;
  const fill = `fill-${series.color}-${series.label.replace(/[^a-z0-9]/gi, "")}`;
  return (
    <figure className="grid grid-cols-[168px_minmax(0,1fr)] items-center border-b last:border-b-0 max-sm:grid-cols-1" aria-label={`${series.label}: now ${series.format(series.now)}, from ${series.format(series.min)} to ${series.format(series.max)}`}>
      <figcaption className="px-3 py-2 max-sm:flex max-sm:items-baseline max-sm:gap-3">
        <p className="flex items-center gap-1.5 text-xs text-muted-foreground">
          <span className="size-2 shrink-0 rounded-sm" style={{ background: color }} aria-hidden />
          <span className="min-w-0 truncate" title={series.label}>
            {series.label}
          </span>
        </p>
        <p className="num text-lg font-semibold whitespace-nowrap">{series.format(series.now)}</p>
        <p className="num caption sm:whitespace-nowrap">
          {series.format(series.min)} – {series.format(series.max)}
        </p>
      </figcaption>
      <ChartContainer config={{ [series.key]: { label: series.label, color, format: series.format } }} className={last ? "h-30" : "h-24"} aria-hidden>
        <AreaChart data={data} syncId="device" accessibilityLayer={false} margin={{ top: 10, right: 28, bottom: last ? 0 : 8, left: 0 }}>
          <defs>
            <linearGradient id={fill} x1="0" y1="0" x2="0" y2="1">
              <stop offset="0%" stopColor={color} stopOpacity={0.28} />
              <stop offset="100%" stopColor={color} stopOpacity={0.02} />
            </linearGradient>
          </defs>
          <CartesianGrid vertical={false} strokeDasharray="2 4" />
          <XAxis dataKey="at" type="number" domain={[from, to]} scale="time" tickLine={false} axisLine={false} ticks={timeTicks(from, to)} interval="preserveStartEnd" hide={!last} tickFormatter={(value: number) => (to - from < 300_000 ? clockTime(value) : clockTime(value).slice(0, 5))} height={22} />
          <YAxis interval={0} width={64} tickLine={false} axisLine={false} tickCount={3} domain={series.domain} tickFormatter={series.tick} />
          <ChartTooltip content={<ChartTooltipContent labelFormatter={(value: unknown) => exactTime(new Date(Number(value)).toISOString())} />} isAnimationActive={false} />
          <Area dataKey={series.key} type="linear" stroke={color} strokeWidth={1.5} baseValue="dataMin" fill={`url(#${fill})`} isAnimationActive={false} connectNulls={false} dot={false} />
        </AreaChart>
      </ChartContainer>
    </figure>
  );
}
