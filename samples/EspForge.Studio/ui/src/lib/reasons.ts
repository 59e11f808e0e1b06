/** What a device reports as a code (docs/protocol.md §4), in words that finish "The device …" or stand alone. */
const REASONS: Record<string, string> = {
  crashed: "The new image crashed before it confirmed itself",
  "self-test-failed": "The new image failed its own self-test",
  "confirm-timeout": "The new image did not confirm itself in time",
  "download-failed": "The image could not be downloaded",
  "image-size-mismatch": "The downloaded image has the wrong length",
  "image-hash-mismatch": "What was written does not match the image's SHA-256",
  "image-malformed": "The image is not what its manifest says",
  "flash-failed": "The flash could not be written",
  "image-too-large": "The image does not fit into the slot",
  "manifest-malformed": "The manifest could not be read",
  "manifest-algorithm": "The manifest is signed with another algorithm than its key's",
  "manifest-expired": "The manifest has expired",
  "key-unknown": "The manifest is signed with a key the device does not trust",
  "signature-invalid": "The manifest's signature is wrong",
  "product-mismatch": "The release is for another product",
  "chip-mismatch": "The release is for another chip",
  "format-mismatch": "The image has a format this device cannot run",
  "sequence-old": "The device has already taken a release with this sequence or a later one",
  "epoch-old": "The release is from before a security boundary the device has crossed",
  "agent-too-old": "The device's agent is too old for this release",
  "version-too-old": "The version the device runs is too old for this release",
};

/** Plain words for a device's error code; a code that is not known yet stays what it is. */
export function reasonWords(code: string | null | undefined): string {
  if (!code) return "No reason was reported";
  return REASONS[code] ?? code;
}

/** A sentence of the server as this UI writes numbers: "10%", and no number parted from its unit at the end of a line. */
export function tied(sentence: string): string {
  return sentence
    .replace(/(\d) %/g, "$1%")
    .replace(/\b(\d+ d) 00:00:00\b/g, "$1")
    .replace(/(\d) (d|h|min|s|of|device|devices|more)\b/g, "$1\u00a0$2")
    .replace(/\bof (\d)/g, "of\u00a0$1");
}

/** With a full stop, whoever wrote it. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === "" || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
