import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { toast } from "sonner";
import { ApiError } from "@/api/error";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useClaim } from "@/features/devices/queries";

export function ClaimDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const [group, setGroup] = useState("");
  const [tags, setTags] = useState("");
  const claim = useClaim();
  const error = claim.error instanceof ApiError ? claim.error : null;
  const unknown = error?.code === "PAIRING_CODE_UNKNOWN";
  const submit = () =>
    claim.mutate(
      {
        pairingCode: code,
        ...(name.trim() ? { name: name.trim() } : {}),
        ...(group.trim() ? { group: group.trim() } : {}),
        ...(tags.trim() ? { tags: tags.split(",").map((tag) => tag.trim()).filter(Boolean) } : {}),
      },
      {
        onSuccess: (device) => {
          toast.success(`${device.name ?? device.deviceId} is yours`, { description: "Its key goes to it with its next poll." });
          void navigate({ to: "/devices/$deviceId", params: { deviceId: device.deviceId }, search: {} });
        },
      },
    );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Claim a device" description="The device prints a 6-digit code when it starts without a key. A code is good for ten minutes.">
        <form
          className="flex min-h-0 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            if (code.length === 6) submit();
          }}
        >
          <DialogBody>
            <Field label="Pairing code" error={unknown ? "No device waits with this code. Look at the device again: the code changes after ten minutes." : error?.field("pairingCode")}>
              {(field) => (
                <Input
                  {...field}
                  className="h-14! text-center font-mono text-2xl! tracking-[0.4em]"
                  inputMode="numeric"
                  autoComplete="one-time-code"
                  autoFocus
                  maxLength={7}
                  value={code}
                  onChange={(event) => setCode(event.target.value.replace(/\D/g, "").slice(0, 6))}
                />
              )}
            </Field>
            <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
              <Field label="Name">{(field) => <Input {...field} maxLength={80} placeholder="optional" value={name} onChange={(event) => setName(event.target.value)} />}</Field>
              <Field label="Group">{(field) => <Input {...field} maxLength={64} placeholder="optional" value={group} onChange={(event) => setGroup(event.target.value)} />}</Field>
              <Field label="Tags">{(field) => <Input {...field} placeholder="by comma" value={tags} onChange={(event) => setTags(event.target.value)} />}</Field>
            </div>
            {claim.isError && !unknown && <ErrorPanel error={claim.error} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" disabled={code.length !== 6 || claim.isPending}>
              {claim.isPending ? "Claiming …" : "Claim"}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
