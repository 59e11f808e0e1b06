import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

export const Dialog = Primitive.Root;
export const DialogTrigger = Primitive.Trigger;
export const DialogClose = Primitive.Close;

/** A form begins at its first field, not at the button that closes it. */
function focusFirstField(event: Event) {
  const field = event.currentTarget instanceof HTMLElement ? event.currentTarget.querySelector<HTMLElement>("input, select, textarea") : null;
  if (!field) return;
  event.preventDefault();
  field.focus();
}

interface ContentProps extends Omit<ComponentProps<typeof Primitive.Content>, "title"> {
  title: ReactNode;
  description?: ReactNode;
}

export function DialogContent({ className, title, description, children, ...props }: ContentProps) {
  return (
    <Primitive.Portal>
      <Primitive.Overlay className="overlay-in fixed inset-0 z-40 bg-black/60" />
      <Primitive.Content
        className={cn(
          "overlay-in fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-32px)] w-[calc(100vw-24px)] max-w-lg -translate-x-1/2 -translate-y-1/2 flex-col rounded-md border bg-popover shadow-overlay outline-none",
          className,
        )}
        onOpenAutoFocus={focusFirstField}
        {...(description === undefined ? { "aria-describedby": undefined } : {})}
        {...props}
      >
        <header className="flex items-start gap-4 border-b px-4 py-3">
          <div className="min-w-0 flex-1">
            <Primitive.Title className="text-lg font-semibold">{title}</Primitive.Title>
            {description !== undefined && <Primitive.Description className="mt-0.5 text-sm text-muted-foreground">{description}</Primitive.Description>}
          </div>
          <Primitive.Close className="-mt-1 -mr-2 flex size-8 shrink-0 items-center justify-center rounded-md pointer-coarse:size-10 text-muted-foreground hover:bg-border hover:text-foreground" aria-label="Close">
            <X className="size-4" />
          </Primitive.Close>
        </header>
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  );
}

export function DialogBody({ className, ...props }: ComponentProps<"div">) {
  return <div className={cn("flex min-h-0 flex-col gap-4 overflow-y-auto px-4 py-4", className)} {...props} />;
}

export function DialogFooter({ className, ...props }: ComponentProps<"footer">) {
  return <footer className={cn("flex flex-wrap items-center justify-end gap-2 border-t px-4 py-3", className)} {...props} />;
}
