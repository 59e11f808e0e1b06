import { Link } from "@tanstack/react-router";
import type { Product } from "@/api/types";
import { count, percent } from "@/lib/format";
import { sortVersions } from "@/lib/semver";

const TONES = ["var(--chart-1)", "var(--chart-3)", "var(--chart-5)", "var(--chart-4)", "var(--chart-2)"];

/** One bar a product; newest version first, the share of each said in numbers too. */
export function FleetByVersion({ products }: { products: Product[] }) {
  const shown = products.filter((product) => product.devices > 0);
  if (shown.length === 0) {
    return (
      <p className="py-4 text-center text-sm text-muted-foreground">
        No devices yet.{" "}
        <Link to="/devices" search={{ dialog: "virtual" }} className="text-foreground underline underline-offset-4">
          Add virtual devices
        </Link>{" "}
        or{" "}
        <Link to="/devices" search={{ dialog: "claim" }} className="text-foreground underline underline-offset-4">
          claim one
        </Link>
        .
      </p>
    );
  }
  return (
    <ul className="flex flex-col gap-4">
      {shown.map((product) => {
        const order = sortVersions(product.versions.map((entry) => entry.version ?? ""));
        const versions = [...product.versions].sort((a, b) => order.indexOf(a.version ?? "") - order.indexOf(b.version ?? ""));
        const latest = product.latestRelease?.version;
        return (
          <li key={product.product} className="min-w-0">
            <div className="mb-1.5 flex items-baseline gap-3">
              <Link to="/devices" search={{ product: product.product }} className="truncate font-medium hover:underline">
                {product.product}
              </Link>
              <span className="num caption">{count(product.devices)}</span>
              {latest && (
                <span className="caption ml-auto whitespace-nowrap">
                  latest release <span className="num text-foreground">{latest}</span>
                </span>
              )}
            </div>
            <div className="flex h-5 gap-px overflow-hidden rounded-md" aria-hidden>
              {versions.map((entry, i) => (
                <span key={entry.version} style={{ flexGrow: entry.devices, background: `color-mix(in oklab, ${TONES[i % TONES.length]} ${i === 0 ? 80 : 55}%, var(--card))` }} />
              ))}
            </div>
            <ul className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1 text-xs pointer-coarse:mt-0 pointer-coarse:gap-y-0">
              {versions.map((entry, i) => (
                <li key={entry.version} className="flex items-center gap-1.5">
                  <span aria-hidden className="size-2 rounded-sm" style={{ background: TONES[i % TONES.length] }} />
                  <Link to="/devices" search={{ product: product.product, q: entry.version ?? undefined }} className="num hover:underline pointer-coarse:inline-flex pointer-coarse:h-10 pointer-coarse:items-center">
                    {entry.version || "unknown"}
                  </Link>
                  <span className="num text-muted-foreground">
                    {count(entry.devices)} · {percent(entry.devices / product.devices)}
                  </span>
                </li>
              ))}
            </ul>
          </li>
        );
      })}
    </ul>
  );
}
