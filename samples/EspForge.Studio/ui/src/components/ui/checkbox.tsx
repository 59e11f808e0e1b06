import { Check } from "lucide-react";
import { Checkbox as Primitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export function Checkbox({ className, ...props }: ComponentProps<typeof Primitive.Root>) {
  return (
    <Primitive.Root
      className={cn(
        "relative flex size-4 shrink-0 items-center justify-center rounded-sm border border-input bg-background data-[state=checked]:border-foreground data-[state=checked]:bg-foreground data-[state=checked]:text-background pointer-coarse:size-5 pointer-coarse:after:absolute pointer-coarse:after:-inset-2.5",
        className,
      )}
      {...props}
    >
      <Primitive.Indicator>
        <Check className="size-3" strokeWidth={3} />
      </Primitive.Indicator>
    </Primitive.Root>
  );
}
