/* The twelve port functions on Linux: files for flash, libcurl for HTTP. */
#ifndef EF_POSIX_PORT_H
#define EF_POSIX_PORT_H

#include "ef_curl.h"
#include "ef_flash.h"
#include "ef_kv.h"
#include "ef_radio.h"

typedef struct ef_posix {
    ef_flash *flash;
    ef_kv kv;
    ef_curl *curl; /* NULL: no network (tests bring their own) */
    ef_radio *radio; /* NULL: the process's own network, always up */
    uint8_t running_slot;
    bool verbose;
    bool restart_wanted;
    int32_t rssi_dbm;  /* around which the radio that is played wanders; 0: a process has no radio */
    int32_t rssi_drift_db;
} ef_posix;

/* Fills *port. EF_FLASH_FAILED when the key-value store cannot be read. */
ef_status ef_posix_port_init(ef_posix *posix, ef_port *port, ef_flash *flash, uint8_t running_slot);

#endif
