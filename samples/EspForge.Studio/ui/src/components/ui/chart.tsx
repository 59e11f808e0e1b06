import { createContext, useContext, useId, type ComponentProps, type CSSProperties, type ReactNode } from "react";
import { ResponsiveContainer, Tooltip, type TooltipContentProps } from "recharts";
import { cn } from "@/lib/cn";

/** What each series is called and which `--chart-n` it takes. */
export type ChartConfig = Record<string, { label: ReactNode; color: string; format?: (value: number) => string }>;

const ChartContext = createContext<ChartConfig>({});

interface ContainerProps extends Omit<ComponentProps<"div">, "children"> {
  config: ChartConfig;
  children: ComponentProps<typeof ResponsiveContainer>["children"];
}

export function ChartContainer({ config, className, children, style, ...props }: ContainerProps) {
  const id = useId().replaceAll(":", "");
  const colors: Record<string, string> = {};
  for (const [key, series] of Object.entries(config)) colors[`--color-${key}`] = series.color;
  return (
    <ChartContext.Provider value={config}>
      <div
        data-chart={id}
        className={cn(
          "w-full text-xs [&_.recharts-cartesian-axis-tick_text]:fill-muted-foreground [&_.recharts-cartesian-axis-tick_text]:font-mono [&_.recharts-cartesian-grid_line]:stroke-border [&_.recharts-surface]:outline-none [&_.recharts-tooltip-cursor]:stroke-muted-foreground",
          className,
        )}
        style={{ ...colors, ...style } as CSSProperties}
        {...props}
      >
        <ResponsiveContainer width="100%" height="100%">
          {children}
        </ResponsiveContainer>
      </div>
    </ChartContext.Provider>
  );
}

export const ChartTooltip = Tooltip;

export function ChartTooltipContent({ active, payload, label, labelFormatter }: Partial<TooltipContentProps<number, string>>) {
  const config = useContext(ChartContext);
  if (!active || !payload?.length) return null;
  return (
    <div className="rounded-md border bg-popover px-2 py-1.5 text-xs shadow-overlay">
      <div className="num mb-1 text-muted-foreground">{labelFormatter ? labelFormatter(label, payload) : label}</div>
      {payload.map((item) => {
        const key = String(item.dataKey);
        const series = config[key];
        return (
          <div key={key} className="flex items-center gap-2">
            <span className="size-2 rounded-full" style={{ background: series?.color }} aria-hidden />
            <span>{series?.label ?? key}</span>
            <span className="num ml-auto pl-3">{series?.format ? series.format(Number(item.value)) : String(item.value)}</span>
          </div>
        );
      })}
    </div>
  );
}
