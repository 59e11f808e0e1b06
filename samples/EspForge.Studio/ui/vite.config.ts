import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const target = process.env["ESPFORGE_HOST"] ?? "http://127.0.0.1:5080";
const proxy = Object.fromEntries(["/api/", "^/device/", "/.well-known/"].map((path) => [path, { target, changeOrigin: false, ws: true }]));

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy,
  },
  preview: { host: "127.0.0.1", proxy },
  build: {
    outDir: "dist",
    chunkSizeWarningLimit: 4500,
    target: "es2023",
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    pool: "threads",
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
