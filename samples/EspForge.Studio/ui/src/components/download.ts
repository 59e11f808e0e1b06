import { toast } from "sonner";
import { api } from "@/api/client";
import { saveFile } from "@/lib/save-file";

/** Fetches with the session's token, which a plain link could not, and hands the bytes to the browser. */
export async function downloadFile(path: string, name: string): Promise<void> {
  try {
    saveFile(await api.download(path), name);
  } catch (error) {
    toast.error(`${name} could not be downloaded`, { description: error instanceof Error ? error.message : undefined });
  }
}
