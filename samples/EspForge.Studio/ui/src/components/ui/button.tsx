import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export const buttonVariants = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border border-transparent text-sm font-medium transition-colors duration-120 select-none disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        default: "bg-primary text-primary-foreground hover:bg-primary/85",
        outline: "border-input bg-card text-foreground hover:bg-raised",
        ghost: "text-foreground hover:bg-raised",
        destructive: "border-destructive/60 bg-card text-destructive hover:bg-destructive/12",
        danger: "bg-destructive text-destructive-foreground hover:bg-destructive/85",
        link: "h-auto! px-0! underline decoration-input underline-offset-4 hover:decoration-foreground",
      },
      size: {
        default: "h-8 px-3 pointer-coarse:h-10",
        sm: "h-7 px-2 text-xs pointer-coarse:h-10 pointer-coarse:px-3 [&_svg]:size-3.5",
        lg: "h-12 px-6 text-lg [&_svg]:size-5",
        icon: "size-8 pointer-coarse:size-10",
        "icon-sm": "size-6 pointer-coarse:size-10 [&_svg]:size-3.5",
      },
    },
    defaultVariants: { variant: "default", size: "default" },
  },
);

export type ButtonProps = ComponentProps<"button"> & VariantProps<typeof buttonVariants> & { asChild?: boolean };

export function Button({ className, variant, size, asChild = false, type, ...props }: ButtonProps) {
  const classes = cn(buttonVariants({ variant, size }), className);
  if (asChild) return <Slot.Root className={classes} {...props} />;
  return <button type={type ?? "button"} className={classes} {...props} />;
}
