import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export function Skeleton({ className, ...props }: ComponentProps<"div">) {
  return <div aria-hidden className={cn("shimmer rounded-md bg-raised", className)} {...props} />;
}

/** The shape of a table that is on its way. */
export function TableSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-px overflow-hidden rounded-md border">
      <div className="h-8 bg-raised" />
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="flex h-8 items-center gap-6 bg-card px-3 pointer-coarse:h-10">
          <Skeleton className="h-3 w-1/5" />
          <Skeleton className="h-3 w-1/4" />
          <Skeleton className="h-3 w-1/6" />
        </div>
      ))}
    </div>
  );
}

export function CardSkeleton({ className }: { className?: string }) {
  return (
    <div role="status" aria-label="Loading" className={cn("flex flex-col gap-3 rounded-md border bg-card p-4", className)}>
      <Skeleton className="h-4 w-1/3" />
      <Skeleton className="h-3 w-2/3" />
      <Skeleton className="h-3 w-1/2" />
    </div>
  );
}
