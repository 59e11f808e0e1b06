/* The twelve port functions on Linux: files for flash, libcurl for HTTP. */
#ifndef EF_POSIX_PORT_H
#define EF_POSIX_PORT_H

#include "ef_curl.h"
#include "ef_flash.h"
#include "ef_kv.h"
#include "ef_faults.h"
#include "ef_mqtt.h"
#include "ef_websocket.h"
#include "ef_radio.h"

typedef struct ef_posix {
    ef_flash *flash;
    ef_kv kv;   /* who the device is and what it has taken */
    ef_kv bulk; /* log, telemetry, the application's records */
    ef_curl *curl; /* NULL: no network (tests bring their own) */
    ef_mqtt *mqtt;           /* NULL: a port without it */
    ef_websocket *websocket; /* likewise */
    ef_link link;            /* that the messages channel is open for; EF_LINK_HTTP: it is closed */
    ef_faults faults;
    ef_radio *radio; /* NULL: the process's own network, always up */
    uint8_t running_slot;
    bool verbose;
    bool restart_wanted;
    uint32_t sleep_wanted_ms; /* 0: none */
    ef_reset reset;           /* why this start happened */
    int32_t rssi_dbm;  /* around which the radio that is played wanders; 0: a process has no radio */
    int32_t rssi_drift_db;
    const ef_hardware *hardware; /* that is played; NULL: none */
} ef_posix;

/* Waits until a socket has something to do, or wait_ms are over, and lets the message link move. */
void ef_posix_wait(ef_posix *posix, uint32_t wait_ms);
/* Fills *port. EF_FLASH_FAILED when the key-value store cannot be read. */
ef_status ef_posix_port_init(ef_posix *posix, ef_port *port, ef_flash *flash, uint8_t running_slot);

#endif
