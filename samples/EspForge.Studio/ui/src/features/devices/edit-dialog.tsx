import { useState } from "react";
import type { Device } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useChangeDevice } from "@/features/devices/queries";

export function EditDialog({ device, onClose }: { device: Device; onClose: () => void }) {
  const [name, setName] = useState(device.name ?? "");
  const [group, setGroup] = useState(device.group ?? "");
  const [tags, setTags] = useState(device.tags.join(", "));
  const change = useChangeDevice(device.deviceId);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={`Edit ${device.name ?? device.deviceId}`} description="Group and tags decide which rollouts it belongs to; those under way keep their devices.">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate({ ...(name.trim() ? { name: name.trim() } : {}), group: group.trim(), tags: tags.split(",").map((tag) => tag.trim()).filter(Boolean) }, { onSuccess: onClose });
          }}
        >
          <DialogBody>
            <Field label="Name">{(field) => <Input {...field} autoFocus maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
            <Field label="Group">{(field) => <Input {...field} maxLength={64} value={group} onChange={(event) => setGroup(event.target.value)} />}</Field>
            <Field label="Tags" hint="By comma.">
              {(field) => <Input {...field} value={tags} onChange={(event) => setTags(event.target.value)} />}
            </Field>
            {change.isError && <ErrorPanel error={change.error} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Keep as it is
            </Button>
            <Button type="submit" disabled={change.isPending}>
              Save
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
