import type { LucideIcon } from "lucide-react";
import { RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError } from "@/api/error";
import { CopyButton } from "@/components/copyable";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";

export function Page({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={cn("mx-auto flex w-full max-w-[1680px] flex-col gap-4 p-4 max-md:p-3", className)}>{children}</div>;
}

interface PageHeaderProps {
  title: ReactNode;
  about?: ReactNode;
  /** The page's one primary action, top right. */
  action?: ReactNode;
  children?: ReactNode;
}

export function PageHeader({ title, about, action, children }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-56">
        <h1 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xl font-semibold tracking-tight">{title}</h1>
        {about !== undefined && <div className="mt-0.5 text-sm text-muted-foreground">{about}</div>}
        {children}
      </div>
      {action !== undefined && <div className="ml-auto flex flex-wrap items-center justify-end gap-2">{action}</div>}
    </header>
  );
}

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
  /** There is nothing else on the page, so its title is the page's. */
  alone?: boolean;
}

export function Empty({ icon: Icon, title, children, action, className, alone = false }: EmptyProps) {
  const Title = alone ? "h1" : "p";
  return (
    <div className={cn("flex flex-col items-center gap-2 rounded-md border border-dashed px-6 py-10 text-center", className)}>
      <Icon className="size-6 text-muted-foreground" strokeWidth={1.5} aria-hidden />
      <Title className="text-lg font-medium">{title}</Title>
      {children !== undefined && <div className="max-w-md text-sm text-muted-foreground">{children}</div>}
      {action !== undefined && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** What is safe and what to try, by the kind of failure. */
export function advice(error: unknown): { title: string; safe: string; tryThis: string } {
  if (error instanceof ApiError) {
    if (error.code === "NETWORK") {
      return { title: "The server cannot be reached", safe: "Nothing was changed. Devices and rollouts go on without this page.", tryThis: "Check the connection; this page asks again when you retry." };
    }
    if (error.status === 403) {
      return { title: "Not allowed", safe: "Nothing was changed.", tryThis: "Ask an administrator of your organization for the permission." };
    }
    if (error.status === 404) {
      return { title: "Not found", safe: "Nothing was changed.", tryThis: "It may have been deleted, or belong to another organization. Go back to the list." };
    }
    if (error.status === 429) {
      return {
        title: "Too many requests",
        safe: "Nothing was changed.",
        tryThis: error.retryAfterSeconds !== null ? `Try again in ${error.retryAfterSeconds} s.` : "Wait a minute and try again.",
      };
    }
    if (error.status >= 500) {
      return { title: "The server failed", safe: "A change that failed was not kept.", tryThis: "Try again; if it stays, give the request id to whoever runs the server." };
    }
    return { title: "That did not work", safe: "Nothing was changed.", tryThis: "Correct what is named above and try again." };
  }
  return { title: "This page failed", safe: "Nothing was changed on the server.", tryThis: "Reload the page." };
}

/** `alone`: there is nothing else on the page, so its title is the page's. */
export function ErrorPanel({ error, retry, className, alone = false }: { error: unknown; retry?: () => void; className?: string; alone?: boolean }) {
  const Title = alone ? "h1" : "p";
  const { title, safe, tryThis } = advice(error);
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div role="alert" className={cn("flex gap-3 rounded-md max-sm:flex-wrap border border-destructive/50 bg-destructive/8 p-3", className)}>
      <TriangleAlert className="mt-0.5 size-4 shrink-0 text-destructive" aria-hidden />
      <div className="min-w-0 flex-1 basis-56 text-sm">
        <Title className="font-semibold">{title}</Title>
        <p className="break-words">{message}</p>
        {error instanceof ApiError && error.details.length > 0 && (
          <ul className="mt-1 list-inside list-disc">
            {error.details.map((detail, i) => (
              <li key={i} className="break-words">
                {detail.field !== "" && <span className="num">{detail.field}: </span>}
                {detail.message}
              </li>
            ))}
          </ul>
        )}
        <p className="mt-1 text-foreground/80">
          {safe} {tryThis}
        </p>
        {error instanceof ApiError && (
          <p className="caption mt-1 flex flex-wrap items-center gap-x-2 text-foreground/80">
            <span className="num">{error.code}</span>
            {error.requestId !== null && (
              <span className="inline-flex items-center gap-1 whitespace-nowrap">
                request <span className="num">{error.requestId}</span>
                <CopyButton text={error.requestId} what="request id" />
              </span>
            )}
          </p>
        )}
      </div>
      {retry && (
        <Button variant="outline" size="sm" className="max-sm:ml-7" onClick={retry}>
          <RotateCw /> Try again
        </Button>
      )}
    </div>
  );
}

export function Facts({ items, className }: { items: [label: string, value: ReactNode][]; className?: string }) {
  return (
    <dl className={cn("grid grid-cols-[max-content_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1.5 text-sm", className)}>
      {items.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-muted-foreground">{label}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
