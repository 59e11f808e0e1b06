import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { boards } from "@/api/queries";
import type { BoardSummary } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { Skeleton } from "@/components/ui/skeleton";
import { bytes } from "@/lib/format";
import { cn } from "@/lib/cn";

interface BoardPickerProps {
  value: string;
  onPick: (board: BoardSummary) => void;
  className?: string;
  autoFocus?: boolean;
}

const FIRST = ["Espressif", "Your own"];

/** Boards by vendor, searched by name, chip and module. */
export function BoardPicker({ value, onPick, className, autoFocus = false }: BoardPickerProps) {
  const query = useQuery(boards());
  const [filter, setFilter] = useState("");
  const groups = useMemo(() => {
    const byVendor = new Map<string, BoardSummary[]>();
    for (const board of query.data ?? []) {
      const group = board.own ? "Your own" : board.vendor;
      byVendor.set(group, [...(byVendor.get(group) ?? []), board]);
    }
    return [...byVendor].sort(([a], [b]) => FIRST.indexOf(b) - FIRST.indexOf(a) || a.localeCompare(b));
  }, [query.data]);

  if (query.isLoadingError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Skeleton className="h-48" />;
  return (
    <Command label="Search boards" className={cn("rounded-md border bg-background", className)} loop>
      <CommandInput autoFocus={autoFocus} placeholder={`Search ${query.data.length} boards: name, chip, module`} value={filter} onValueChange={setFilter} />
      <CommandList className="max-h-56">
        <CommandEmpty>No board matches. Try the chip, e.g. “esp32-s3”.</CommandEmpty>
        {groups.map(([vendor, list]) => (
          <CommandGroup key={vendor} heading={vendor}>
            {list.map((board) => (
              <CommandItem
                key={board.id}
                value={`${board.id} ${board.name} ${board.chipName} ${board.chip} ${board.module ?? ""} ${board.vendor}`}
                onSelect={() => onPick(board)}
                aria-current={board.id === value ? "true" : undefined}
              >
                <span aria-hidden className={cn("size-2 shrink-0 rounded-full border border-input", board.id === value && "border-foreground bg-foreground")} />
                <span className="min-w-0 flex-1">{board.name.startsWith(`${vendor} `) ? board.name.slice(vendor.length + 1) : board.name}</span>
                <span className="num caption shrink-0 max-sm:hidden">{board.flashBytes > 0 ? bytes(board.flashBytes) : ""}</span>
                <span className="num caption w-18 shrink-0 text-right">{board.chipName}</span>
              </CommandItem>
            ))}
          </CommandGroup>
        ))}
      </CommandList>
    </Command>
  );
}
