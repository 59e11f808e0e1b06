import type { Permission } from "@/api/types";
import { Button, type ButtonProps } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/tooltip";
import { useMay } from "@/lib/hooks";

interface AllowedButtonProps extends Omit<ButtonProps, "asChild"> {
  needs: Permission;
  /** Another reason why it cannot be done now. */
  blocked?: string | undefined;
}

/** A button that a role may not press stays where it is and says why. */
export function AllowedButton({ needs, blocked, onClick, disabled, ...props }: AllowedButtonProps) {
  const { allowed, reason } = useMay(needs);
  const why = allowed ? blocked : reason;
  if (why === undefined) return <Button onClick={onClick} disabled={disabled} {...props} />;
  return (
    <Tooltip content={why}>
      <Button {...props} aria-disabled="true" onClick={(event) => event.preventDefault()} />
    </Tooltip>
  );
}
