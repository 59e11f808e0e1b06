/* Factory reset: the device forgets whose it is and where it was, and keeps what protects it.
 *
 * Erased: identity (id, key, command secret, trusted keys, topics), Wi-Fi networks, progress of a download, offers and reports under way, what the
 * application stored. Kept, because each of them is a promise that a thief or a second owner must not be able to undo with a paper clip:
 *   - the highest sequence and security epoch: otherwise a reset would open the way back to an old, vulnerable release;
 *   - the latest time ever seen: otherwise an expired manifest would be good again;
 *   - the key list's generation: trusted keys themselves come anew with the claim, but without it an old list, signed by a key that is still
 *     trusted, could be replayed to bring a retired (perhaps stolen) key back;
 *   - the boot record: which image runs, and which one failed. */
#ifndef EF_RESET_H
#define EF_RESET_H

#include "espforge/ef_status.h"

struct ef_agent;

/* Whole or not at all: a mark is written first, and a reset that was cut is completed at the next start. Then the device restarts
 * (EF_BOOT_RESTART). EF_FLASH_FAILED: the mark could not be written and nothing has changed, or it is there and the next start goes on. */
ef_status ef_factory_reset(struct ef_agent *agent);

#endif
