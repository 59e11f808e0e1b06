import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

interface CardProps extends Omit<ComponentProps<"section">, "title"> {
  title?: ReactNode;
  note?: ReactNode;
  action?: ReactNode;
  bodyClassName?: string;
  /** The body scrolls and holds nothing to tab to: it takes the focus itself, under this name. */
  scrollLabel?: string;
}

/** A panel with a hairline, and a header row when it has a title. */
export function Card({ title, note, action, className, bodyClassName, scrollLabel, children, ...props }: CardProps) {
  return (
    <section className={cn("flex min-w-0 flex-col rounded-md border bg-card", className)} {...props}>
      {title !== undefined && (
        <header className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-1.5">
          <h2 className="text-sm font-semibold">{title}</h2>
          {note !== undefined && <span className="caption min-w-0 truncate">{note}</span>}
          {action !== undefined && <div className="ml-auto flex items-center gap-2">{action}</div>}
        </header>
      )}
      <div className={cn("min-w-0 grow", bodyClassName ?? "p-3")} {...(scrollLabel === undefined ? {} : { tabIndex: 0, role: "region", "aria-label": scrollLabel })}>{children}</div>
    </section>
  );
}
