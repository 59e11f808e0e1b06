import { Switch as Primitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export function Switch({ className, ...props }: ComponentProps<typeof Primitive.Root>) {
  return (
    <Primitive.Root
      className={cn("relative inline-flex h-5 w-9 shrink-0 items-center rounded-full border border-input bg-background p-0.5 data-[state=checked]:bg-foreground pointer-coarse:after:absolute pointer-coarse:after:-inset-2.5", className)}
      {...props}
    >
      <Primitive.Thumb className="size-3.5 rounded-full bg-muted-foreground transition-transform duration-120 data-[state=checked]:translate-x-4 data-[state=checked]:bg-background" />
    </Primitive.Root>
  );
}
