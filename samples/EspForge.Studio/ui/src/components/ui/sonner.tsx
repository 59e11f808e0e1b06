import { Toaster as Primitive } from "sonner";
import { useResolvedTheme } from "@/lib/theme";

export function Toaster() {
  return (
    <Primitive
      theme={useResolvedTheme()}
      position="bottom-right"
      offset={16}
      mobileOffset={{ bottom: 72 }}
      toastOptions={{
        style: {
          background: "var(--popover)",
          color: "var(--foreground)",
          border: "1px solid var(--border)",
          borderRadius: "4px",
          boxShadow: "var(--shadow-overlay)",
          fontFamily: "var(--font-sans)",
          fontSize: "13px",
        },
        classNames: { description: "text-muted-foreground!" },
      }}
    />
  );
}
