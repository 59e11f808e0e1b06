/* Improv over Bluetooth LE with NimBLE: one service, five characteristics, one phone at a time, no bonding. NimBLE calls back in its host task;
 * writes go through a queue to the agent's task, where ef_improv lives, and values come back through a cache that reads are answered from. */
#ifndef EF_IMPROV_BLE_H
#define EF_IMPROV_BLE_H

#include <stdatomic.h>

#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "freertos/semphr.h"

#include "espforge/ef_improv.h"
#include "espforge/ef_status.h"

#define EF_IMPROV_BLE_WRITES 4
#define EF_IMPROV_CHARACTERISTICS 5u
#define EF_IMPROV_VALUE_BYTES (EF_IMPROV_DATA_BYTES + 3u)

typedef struct ef_improv_ble {
    struct ef_agent *agent;
    char name[32];
    bool is_open;
    ef_improv improv;         /* the agent's task's */
    unsigned known;           /* the connection improv belongs to */
    atomic_uint connections;  /* so far */
    atomic_uint connection;   /* its handle, 0xFFFF: none */
    uint8_t service_data[6];  /* advertised; under lock */
    QueueHandle_t writes;
    SemaphoreHandle_t lock;   /* of the values */
    size_t len[EF_IMPROV_CHARACTERISTICS];
    uint8_t value[EF_IMPROV_CHARACTERISTICS][EF_IMPROV_VALUE_BYTES];
} ef_improv_ble;

/* Makes the radio of the device visible. EF_NETWORK when the stack or the memory says no. */
ef_status ef_improv_ble_open(ef_improv_ble *ble, struct ef_agent *agent, const char *name);
/* Ends the stack and gives its memory back: TLS wants it. */
void ef_improv_ble_close(ef_improv_ble *ble);
void ef_improv_ble_step(ef_improv_ble *ble);

#endif
