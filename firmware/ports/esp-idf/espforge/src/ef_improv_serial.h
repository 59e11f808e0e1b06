/* Improv over the cable: the console's UART and the chip's USB serial port, whichever are compiled in. The console goes on beside it. */
#ifndef EF_IMPROV_SERIAL_H
#define EF_IMPROV_SERIAL_H

#include "esp_err.h"

#include "espforge/ef_improv.h"

typedef struct ef_improv_serial {
    int (*receive)(uint8_t *data, size_t cap);            /* what is there, 0: nothing */
    int (*transmit)(const uint8_t *data, size_t len);     /* what there is room for, perhaps 0 */
    ef_improv improv;
    size_t from, to; /* of what is in `out` */
    uint8_t out[EF_IMPROV_FRAME_BYTES];
} ef_improv_serial;

esp_err_t ef_improv_uart_open(ef_improv_serial *line, struct ef_agent *agent);
esp_err_t ef_improv_usb_open(ef_improv_serial *line, struct ef_agent *agent);
void ef_improv_serial_step(ef_improv_serial *line);

#endif
