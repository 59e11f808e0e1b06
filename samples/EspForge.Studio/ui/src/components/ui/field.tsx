import { useId, type ReactNode } from "react";
import { cn } from "@/lib/cn";

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
  children: (props: { id: string; "aria-invalid"?: true; "aria-describedby"?: string }) => ReactNode;
}

/** A label, its control, and the hint or the error that belongs to it. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const about = error !== undefined || hint !== undefined ? `${id}-about` : undefined;
  return (
    <div className={cn("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({ id, ...(error !== undefined ? { "aria-invalid": true as const } : {}), ...(about ? { "aria-describedby": about } : {}) })}
      {error !== undefined ? (
        <p id={about} role="alert" className="text-xs text-destructive">
          {error}
        </p>
      ) : hint !== undefined ? (
        <p id={about} className="caption">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
