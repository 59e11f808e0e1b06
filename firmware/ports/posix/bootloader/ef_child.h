/* The image as a process: started from the slot's payload, watched, ended. */
#ifndef EF_CHILD_H
#define EF_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "../src/ef_flash.h"
#include "../src/ef_settings.h"
#include "espforge/ef_image.h"

typedef struct ef_child {
    pid_t pid;
    int64_t started_ms;
} ef_child;

/* Runs the payload of `slot`, which has passed ef_slot_check, with this process's arguments and `--slot` and `--reset`. lock_fd stays open in the child, so
 * that the state directory is taken as long as either lives. EF_FLASH_FAILED with errno set when it could not be started. */
ef_status ef_child_start(ef_child *child, ef_flash *flash, uint8_t slot, const ef_image *image, const ef_settings *settings, const char *reset, int argc,
                         char **argv, int lock_fd);
/* SIGTERM, and SIGKILL two seconds later. Returns the wait status. */
int ef_child_stop(ef_child *child);

#endif
