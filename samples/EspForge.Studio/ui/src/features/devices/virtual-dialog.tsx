import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiError } from "@/api/error";
import { boards, products, projects, virtualFleet } from "@/api/queries";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { VirtualFleetList } from "@/components/virtual-fleet-list";
import { useAddVirtual } from "@/features/devices/queries";
import { plural } from "@/lib/format";

/** Devices as processes of this server: started here, watched here. */
export function VirtualDialog({ onClose }: { onClose: () => void }) {
  const fleet = useQuery({ ...virtualFleet(), refetchInterval: 2_000 });
  const allBoards = useQuery(boards()).data ?? [];
  const allProjects = useQuery(projects());
  const known = useQuery(products()).data ?? [];
  const [count, setCount] = useState(5);
  const [product, setProduct] = useState("");
  const [board, setBoard] = useState("");
  const add = useAddVirtual();
  const error = add.error instanceof ApiError ? add.error : null;

  const project = allProjects.data?.[0];
  useEffect(() => {
    if (!project) return;
    setProduct((value) => value || project.product);
    setBoard((value) => value || project.board);
  }, [project]);

  const left = fleet.data ? Math.max(0, fleet.data.limit - fleet.data.running) : null;
  const tooMany = left !== null && count > left ? `At most ${left} more: this server runs up to ${fleet.data?.limit}.` : undefined;
  const bad = !Number.isInteger(count) || count < 1 ? "1 or more." : tooMany;
  const suggestions = [...new Set([...(allProjects.data ?? []).map((entry) => entry.product), ...known.map((entry) => entry.product)])];

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Add virtual devices" description="The same agent as on a chip, run as a process here: bootloader, two slots, real network. They claim themselves." className="max-w-2xl">
        <form
          className="flex min-h-0 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            if (!bad && product.trim() !== "" && board !== "") add.mutate({ count, product: product.trim(), board });
          }}
        >
          <DialogBody>
            <div className="grid grid-cols-[88px_minmax(0,1fr)_minmax(0,1fr)] gap-3 max-sm:grid-cols-1">
              <Field label="Count" error={bad ?? error?.field("count")}>
                {(field) => <Input {...field} className="font-mono" type="number" min={1} autoFocus value={Number.isNaN(count) ? "" : count} onChange={(event) => setCount(event.target.valueAsNumber)} />}
              </Field>
              <Field label="Product" error={error?.field("product")} hint="The product of the releases they shall take.">
                {(field) => (
                  <>
                    <Input {...field} className="font-mono" required list="virtual-products" value={product} onChange={(event) => setProduct(event.target.value)} />
                    <datalist id="virtual-products">
                      {suggestions.map((entry) => (
                        <option key={entry} value={entry} />
                      ))}
                    </datalist>
                  </>
                )}
              </Field>
              <Field label="Board" error={error?.field("board")}>
                {(field) => (
                  <Select {...field} required value={board} onChange={(event) => setBoard(event.target.value)}>
                    <option value="">Choose</option>
                    {allBoards.map((candidate) => (
                      <option key={candidate.id} value={candidate.id}>
                        {candidate.name}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
            </div>
            {add.isError && <ErrorPanel error={add.error} />}
            <section aria-label="Virtual devices of this server" className="flex min-h-0 flex-col rounded-md border bg-card">
              <p className="flex items-center border-b px-3 py-1.5 text-sm">
                <span className="font-medium">{fleet.data ? plural(fleet.data.devices.length, "virtual device") : "Virtual devices"}</span>
                {fleet.data && (
                  <span className="num caption ml-auto">
                    {fleet.data.running} of {fleet.data.limit} run
                  </span>
                )}
              </p>
              <div className="max-h-72 overflow-y-auto">{fleet.data && <VirtualFleetList fleet={fleet.data} />}</div>
            </section>
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" disabled={add.isPending || bad !== undefined || product.trim() === "" || board === ""}>
              {add.isPending ? "Starting …" : `Add ${Number.isNaN(count) ? "" : count}`}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
