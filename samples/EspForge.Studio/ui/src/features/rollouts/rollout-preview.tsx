import { Link } from "@tanstack/react-router";
import type { RolloutPreview } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { count, plural } from "@/lib/format";

interface PreviewProps {
  preview: RolloutPreview | undefined;
  error: unknown;
  invalid: boolean;
  product: string | undefined;
}

/** Exactly how many devices each stage reaches; asked of the server, nothing is changed. */
export function RolloutPreviewCard({ preview, error, invalid, product }: PreviewProps) {
  return (
    <Card title="Who gets it when" className="self-start xl:sticky xl:top-4">
      {error !== null && !invalid ? (
        <ErrorPanel error={error} />
      ) : invalid ? (
        <p className="text-sm text-muted-foreground">Correct the stages to see the devices of each.</p>
      ) : !preview ? (
        <div className="flex flex-col gap-3">
          <Skeleton className="h-8 w-24" />
          <Skeleton className="h-4" />
          <Skeleton className="h-4" />
          <Skeleton className="h-4" />
        </div>
      ) : preview.devices === 0 ? (
        <p className="text-sm text-muted-foreground">
          No device of {product ?? "this product"} matches.{" "}
          <Link to="/devices" search={{ dialog: "virtual" }} className="text-foreground underline underline-offset-4">
            Add virtual devices
          </Link>{" "}
          or loosen the filter.
        </p>
      ) : (
        <>
          <p className="flex items-baseline gap-2">
            <span className="num text-2xl font-semibold">{count(preview.devices)}</span>
            <span className="text-sm text-muted-foreground">{preview.devices === 1 ? "device" : "devices"} in all</span>
          </p>
          <ol className="mt-3 flex flex-col gap-3">
            {preview.stages.map((stage, i) => (
              <li key={i}>
                <p className="flex items-baseline justify-between text-sm">
                  <span>
                    Stage {i + 1} <span className="num text-muted-foreground">{stage.percent}%</span>
                  </span>
                  <span className="num">
                    {plural(stage.size, "device")} <span className="text-muted-foreground">→ {count(stage.cumulative)}</span>
                  </span>
                </p>
                <span className="mt-1 flex h-1.5 overflow-hidden rounded-full bg-border" aria-hidden>
                  <span style={{ width: `${((stage.cumulative - stage.size) / preview.devices) * 100}%` }} className="bg-muted-foreground/50" />
                  <span style={{ width: `${(stage.size / preview.devices) * 100}%` }} className="bg-working" />
                </span>
              </li>
            ))}
          </ol>
          {preview.stages.some((stage) => stage.size === 0) && <p className="caption mt-3">A stage without devices passes its gate at once.</p>}
        </>
      )}
    </Card>
  );
}
