import { ArrowDown, ArrowUp, Columns3, Search } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuCheckboxItem, DropdownMenuContent, DropdownMenuLabel, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import { Input } from "@/components/ui/input";
import { cn } from "@/lib/cn";
import { compareValues, matches, nextSort, parseSort, type SortValue, type TableSearch } from "@/lib/table-search";

export interface Column<R> {
  id: string;
  header: string;
  cell: (row: R) => ReactNode;
  sort?: (row: R) => SortValue;
  /** What the filter reads; without it the column is not searched. */
  text?: (row: R) => string | null | undefined;
  align?: "right";
  /** `always` cannot be hidden; `wide` gives way on a phone. */
  show?: "always" | "wide" | "desktop";
  className?: string;
  /** The header is for screen readers only. */
  quiet?: true;
}

interface DataTableProps<R> {
  label: string;
  columns: Column<R>[];
  rows: R[];
  rowKey: (row: R) => string;
  search: TableSearch;
  onSearch: (change: Partial<TableSearch>) => void;
  rowProps?: (row: R) => Record<string, string | undefined>;
  filters?: ReactNode;
  empty: ReactNode;
  defaultSort?: string;
}

const SHOW = { always: "", wide: "max-md:hidden", desktop: "max-xl:hidden" } as const;

/** Filter, sort, columns; all of it in the URL. Give the first column a link: the whole row follows it. */
export function DataTable<R>({ label, columns, rows, rowKey, search, onSearch, rowProps, filters, empty, defaultSort }: DataTableProps<R>) {
  const sort = parseSort(search.sort ?? defaultSort);
  const hidden = useMemo(() => new Set((search.hide ?? "").split(",").filter(Boolean)), [search.hide]);
  const shown = columns.filter((column) => !hidden.has(column.id));

  const visible = useMemo(() => {
    const found = search.q
      ? rows.filter((row) => matches(columns.map((column) => column.text?.(row) ?? "").join(" "), search.q))
      : rows;
    const by = columns.find((column) => column.id === sort?.id)?.sort;
    if (!by || !sort) return found;
    return [...found].sort((a, b) => compareValues(by(a), by(b), sort.descending));
  }, [rows, columns, search.q, sort]);

  const toggle = (id: string) => {
    const next = new Set(hidden);
    if (next.has(id)) next.delete(id);
    else next.add(id);
    onSearch({ hide: next.size === 0 ? undefined : [...next].join(",") });
  };

  if (rows.length === 0) return <>{empty}</>;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <div className="relative w-64 max-md:w-auto max-md:min-w-40 max-md:flex-1">
          <Search className="pointer-events-none absolute top-1/2 left-2 size-4 -translate-y-1/2 text-muted-foreground" aria-hidden />
          <Input
            type="search"
            aria-label={`Filter ${label.toLowerCase()}`}
            placeholder="Filter"
            className="pl-8"
            value={search.q ?? ""}
            onChange={(event) => onSearch({ q: event.target.value === "" ? undefined : event.target.value })}
          />
        </div>
        {filters}
        <span className="caption num ml-auto max-md:hidden" aria-live="polite">
          {visible.length === rows.length ? rows.length : `${visible.length} of ${rows.length}`}
        </span>
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button variant="outline" size="icon" aria-label="Columns" title="Columns">
              <Columns3 />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end">
            <DropdownMenuLabel>Columns</DropdownMenuLabel>
            {columns
              .filter((column) => column.show !== "always")
              .map((column) => (
                <DropdownMenuCheckboxItem key={column.id} checked={!hidden.has(column.id)} onCheckedChange={() => toggle(column.id)} onSelect={(e) => e.preventDefault()}>
                  {column.header}
                </DropdownMenuCheckboxItem>
              ))}
          </DropdownMenuContent>
        </DropdownMenu>
      </div>

      <div className="overflow-x-auto rounded-md border bg-card" tabIndex={-1}>
        <table aria-label={label} className="w-full border-collapse text-sm">
          <thead>
            <tr className="border-b bg-raised/60 text-left">
              {shown.map((column) => {
                const active = sort?.id === column.id;
                return (
                  <th
                    key={column.id}
                    scope="col"
                    aria-sort={active ? (sort.descending ? "descending" : "ascending") : undefined}
                    className={cn("h-8 px-3 text-xs pointer-coarse:h-10 font-medium whitespace-nowrap text-muted-foreground", column.align === "right" && "text-right", column.show && SHOW[column.show])}
                  >
                    {column.sort ? (
                      <button
                        type="button"
                        className="-mx-2 inline-flex h-full items-center gap-1 rounded-sm px-2 hover:text-foreground pointer-coarse:min-w-10"
                        onClick={() => onSearch({ sort: nextSort(search.sort ?? defaultSort, column.id) })}
                      >
                        {column.header}
                        {active && (sort.descending ? <ArrowDown className="size-3" aria-hidden /> : <ArrowUp className="size-3" aria-hidden />)}
                      </button>
                    ) : column.quiet ? (
                      <span className="sr-only">{column.header}</span>
                    ) : (
                      column.header
                    )}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {visible.map((row) => (
              <tr key={rowKey(row)} className="relative h-8 border-b last:border-b-0 hover:bg-raised/60 has-[a]:cursor-pointer pointer-coarse:h-10" onClick={followRow} {...rowProps?.(row)}>
                {shown.map((column) => (
                  <td
                    key={column.id}
                    onMouseEnter={revealCut}
                    className={cn("max-w-80 truncate px-3 whitespace-nowrap", column.align === "right" && "text-right", column.show && SHOW[column.show], column.className)}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
            {visible.length === 0 && (
              <tr>
                <td colSpan={shown.length} className="px-3 py-8 text-center text-muted-foreground">
                  Nothing matches “{search.q}”.{" "}
                  <Button variant="link" onClick={() => onSearch({ q: undefined })}>
                    Clear the filter
                  </Button>
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** A click beside the row's link, on a time or a cut text, follows the link as well. */
function followRow(event: React.MouseEvent<HTMLTableRowElement>) {
  if (!(event.target instanceof Element) || !event.currentTarget.contains(event.target) || event.target.closest("a, button, input, select, label, [role=menuitem]") || window.getSelection()?.toString()) return;
  const link = event.currentTarget.querySelector("a");
  link?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: event.ctrlKey, metaKey: event.metaKey, shiftKey: event.shiftKey }));
}

/** What is cut off is said whole on hover. */
function revealCut(event: React.MouseEvent<HTMLTableCellElement>) {
  const cell = event.currentTarget;
  if (cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent ?? "";
  else cell.removeAttribute("title");
}

/** The column that takes what is left on a phone, and wraps rather than being cut. */
export const LEAD = "max-md:w-full max-md:py-1.5 max-md:wrap-anywhere max-md:whitespace-normal";

/** Put on the link of a row's first cell: the whole row then follows it. */
export const ROW_LINK = "font-medium outline-none after:pointer-events-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring";
